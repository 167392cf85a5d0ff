import type { LedgerFilter, LedgerNames } from "$lib/backend/types";
import { day, dayRange, isoDay, sameDay, timeOfDay } from "$lib/format";
import type { Choice } from "$lib/parts/combobox";
import { text } from "$lib/text";
import { kindName } from "$lib/words/ledger";
import { endOfDay, startOfDay } from "$lib/zone";
import { KINDS } from "./address";

/** What can be chosen from a list. */
export type Facet = { id: "kind" | "feature" | "member" | "channel" | "source"; label: string; choices: Choice[]; chosen: string[] };

/** One active filter: what it is, its value, and the filter without it. */
export type Chip = { id: string; name: string; value: string; without: LedgerFilter };

const plain = (value: string): Choice => ({ value, label: value });

/** What a ledger can be filtered by; what never occurs in it is not offered, unless it is filtered by. */
export function facets(filter: LedgerFilter, names: LedgerNames | undefined): Facet[] {
  const words = text.ledger.filters;
  const one = (name: string | null) => (name === null ? [] : [name]);
  const all: Facet[] = [
    { id: "kind", label: words.kind, choices: KINDS.map((kind) => ({ value: kind, label: kindName(kind) })), chosen: filter.kinds },
    { id: "feature", label: words.feature, choices: (names?.features ?? []).map(({ id, name }) => ({ value: id, label: name })), chosen: filter.features },
    { id: "member", label: words.member, choices: (names?.members ?? []).map(plain), chosen: one(filter.member) },
    { id: "channel", label: words.channel, choices: (names?.channels ?? []).map(plain), chosen: one(filter.channel) },
    { id: "source", label: words.source, choices: (names?.sources ?? []).map(plain), chosen: one(filter.source) },
  ];
  return all.filter(({ choices, chosen }) => choices.length > 0 || chosen.length > 0);
}

const toggled = (values: readonly string[], value: string) => (values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);

/** A filter after something was chosen from a list; choosing it again takes it back. */
export function choose(filter: LedgerFilter, id: Facet["id"], value: string): LedgerFilter {
  switch (id) {
    case "kind":
      return { ...filter, kinds: toggled(filter.kinds, value) };
    case "feature":
      return { ...filter, features: toggled(filter.features, value) };
    default:
      return { ...filter, [id]: filter[id] === value ? null : value };
  }
}

/** The active filters, one by one. What is searched for stands in its field, and is none of them. */
export function chips(filter: LedgerFilter, names: LedgerNames | undefined, zone: string, now: number): Chip[] {
  const words = text.ledger.filters;
  const list: Chip[] = [
    ...filter.kinds.map((kind) => ({ id: `kind-${kind}`, name: words.kind, value: kindName(kind), without: choose(filter, "kind", kind) })),
    ...filter.features.map((feature) => ({
      id: `feature-${feature}`, name: words.feature, value: names?.features.find(({ id }) => id === feature)?.name ?? feature, without: choose(filter, "feature", feature),
    })),
  ];
  for (const id of ["member", "channel", "source"] as const) {
    const value = filter[id];
    if (value !== null) list.push({ id, name: words[id], value, without: { ...filter, [id]: null } });
  }
  if (filter.from !== null || filter.to !== null) list.push({ id: "dates", name: words.dates, value: datesWords(filter, zone, now), without: { ...filter, from: null, to: null } });
  return list;
}

const beginsDay = (at: number, zone: string) => startOfDay(isoDay(at, zone), zone) === at;

/** The dates of a filter: days where they are whole days, else instants. */
export function datesWords({ from, to }: Pick<LedgerFilter, "from" | "to">, zone: string, now: number): string {
  const words = text.ledger.filters;
  const instant = (at: number) => `${day(at, zone, now)} ${timeOfDay(at, zone)}`;
  const first = from === null ? "" : beginsDay(from, zone) ? day(from, zone, now) : instant(from);
  const last = to === null ? "" : beginsDay(to, zone) ? day(to - 1, zone, now) : instant(to);
  if (from === null) return words.until(last);
  if (to === null) return words.since(first);
  if (!beginsDay(from, zone) || !beginsDay(to, zone)) return words.between(first, last);
  return sameDay(from, to - 1, zone) ? first : dayRange(from, to - 1, zone);
}

/** Two days as they are written in fields; an empty one does not restrict. */
export type Days = { first: string; last: string };

/** The days of a filter, for fields. */
export function daysOf({ from, to }: Pick<LedgerFilter, "from" | "to">, zone: string): Days {
  return { first: from === null ? "" : isoDay(from, zone), last: to === null ? "" : isoDay(to - 1, zone) };
}

/** The filter of two days, or what is wrong with them. */
export function filterOfDays({ first, last }: Days, zone: string): { from: number | null; to: number | null; problem: string | null } {
  const [from, to] = [first === "" ? null : startOfDay(first, zone), last === "" ? null : endOfDay(last, zone)];
  const wrong = (first !== "" && from === null) || (last !== "" && to === null);
  const problem = wrong ? text.ledger.filters.wrongDay : from !== null && to !== null && from >= to ? text.ledger.filters.wrongOrder : null;
  return { from, to, problem };
}
