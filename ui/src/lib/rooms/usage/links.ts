import type { Cause, Period, UsageQuery, UsageRow } from "$lib/backend/types";
import type { Room } from "$lib/rooms/rooms";
import type { Params } from "$lib/state/address";
import { usageParams } from "./address";

/** A place in another room, or in this one. */
export type Link = { room: Room; params: Params };

/** The entries of a stretch of time, of those that the room is filtered to. */
export function entriesOf({ of }: UsageQuery, { start, end }: Period, more: Params = {}): Link {
  return { room: "ledger", params: { kind: "usage", ...(of ? { [of.label]: of.name } : {}), ...more, from: start, to: end } };
}

/** The entries behind a row; none where it is not about one name. */
export function entriesOfRow(row: UsageRow, query: UsageQuery, range: Period): Link | null {
  if (row.names !== 1) return null;
  return entriesOf(query, range, query.by === "group" || query.by === "feature" ? { feature: row.key } : { [query.by]: row.key });
}

/** What shows a cause alone: this room filtered to it, and for a feature its entries. */
export function linkOfCause({ of, key }: Cause, query: UsageQuery, range: Period): Link {
  if (of === "feature") return entriesOf(query, range, { feature: key });
  return { room: "usage", params: usageParams({ ...query, of: { label: of, name: key } }) };
}
