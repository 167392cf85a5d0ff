import type { UsageRow } from "$lib/backend/types";
import { change } from "$lib/format";
import type { Params } from "$lib/state/address";

/** What the table can be sorted by. */
export const COLUMNS = ["name", "rate", "credits", "actions", "perDay", "share", "change"] as const;
export type Column = (typeof COLUMNS)[number];

/** A column, and whether its smallest comes first. */
export type Sort = { by: Column; up: boolean };

/** The largest user first. */
export const USUAL_SORT: Sort = { by: "credits", up: false };

/** How an address sorts the table. */
export function sortOf(params: URLSearchParams): Sort {
  const by = COLUMNS.find((column) => column === params.get("sort"));
  return by === undefined ? USUAL_SORT : { by, up: params.get("order") === "up" };
}

/** The same as an address has it: only what is not as usual. */
export function sortParams({ by, up }: Sort): Params {
  return by === USUAL_SORT.by && up === USUAL_SORT.up ? {} : { sort: by, order: up ? "up" : null };
}

/** What choosing a column does: names begin with A and numbers with the largest; again turns it around. */
export function sortBy(by: Column, now: Sort): Sort {
  return now.by === by ? { by, up: !now.up } : { by, up: by === "name" };
}

/** The rows in order. Those that are not named one by one stay at the end; equal ones stay as they came. */
export function sorted(rows: readonly UsageRow[], { by, up }: Sort): UsageRow[] {
  const direction = up ? 1 : -1;
  return [...rows].sort((a, b) => {
    if ((a.names === 1) !== (b.names === 1)) return a.names === 1 ? -1 : 1;
    if (a.names !== 1) return b.names - a.names;
    if (by === "name") return direction * a.name.localeCompare(b.name);
    const [x, y] = [valueOf(a, by), valueOf(b, by)];
    // What is not known is neither large nor small: it comes last either way.
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return direction * (x - y);
  });
}

function valueOf(row: UsageRow, by: Exclude<Column, "name">): number | null {
  if (by !== "change") return row[by];
  if (row.previous === 0 && row.credits > 0) return Infinity;
  return change(row.credits, row.previous).rise;
}
