import type { EntryKind, LedgerFilter } from "$lib/backend/types";
import type { Params } from "$lib/state/address";

/** The kinds of entries, in the order in which they are offered. */
export const KINDS: readonly EntryKind[] = ["usage", "grant", "expiry", "amendment", "void", "hold", "release", "plan_change", "controls_change"];

/** A filter that lets every entry through. */
export const EVERYTHING: LedgerFilter = { from: null, to: null, kinds: [], features: [], member: null, channel: null, source: null, reference: null };

function whole(word: string | null): number | null {
  const n = word === null || word === "" ? NaN : Number(word);
  return Number.isSafeInteger(n) ? n : null;
}

const given = (word: string | null): string | null => (word === null || word === "" ? null : word);
const once = (words: string[]): string[] => [...new Set(words.filter((word) => word !== ""))];

/** Which entries an address asks for. What it does not say, or says in words that nobody knows, does not restrict. */
export function ledgerFilter(params: URLSearchParams): LedgerFilter {
  return {
    from: whole(params.get("from")),
    to: whole(params.get("to")),
    kinds: once(params.getAll("kind")).filter((word) => KINDS.some((kind) => kind === word)),
    features: once(params.getAll("feature")),
    member: given(params.get("member")),
    channel: given(params.get("channel")),
    source: given(params.get("source")),
    reference: given(params.get("reference")),
  };
}

/** The entry that an address opens. */
export function openedEntry(params: URLSearchParams): number | null {
  const seq = whole(params.get("entry"));
  return seq !== null && seq >= 1 ? seq : null;
}

/** A filter, and the entry that is open, as an address has them. */
export function ledgerParams(filter: Partial<LedgerFilter>, entry: number | null = null): Params {
  return {
    kind: filter.kinds ?? null,
    feature: filter.features ?? null,
    member: filter.member ?? null,
    channel: filter.channel ?? null,
    source: filter.source ?? null,
    reference: filter.reference ?? null,
    from: filter.from ?? null,
    to: filter.to ?? null,
    entry,
  };
}

/** Whether a filter lets every entry through. */
export function letsAllThrough(filter: LedgerFilter): boolean {
  return nameOf(filter) === nameOf(EVERYTHING);
}

/** Filters of the same name let the same entries through. */
export function nameOf({ from, to, kinds, features, member, channel, source, reference }: LedgerFilter): string {
  return JSON.stringify([from, to, kinds, features, member, channel, source, reference]);
}
