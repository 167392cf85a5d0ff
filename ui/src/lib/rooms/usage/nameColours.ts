import { Palette } from "$lib/palette";

/** The families that names take their colours from, in this order: those of the features, then the spare ones. */
const FAMILIES = ["replies", "classification", "summaries", "syncs", "\u0000 5", "\u0000 6", "\u0000 7", "\u0000 8"];

/** Members, channels and sources that have a colour, by where they belong: in the order that they were first seen. */
const seen = new Map<string, string[]>();

/** Remembers names, so that each keeps its colour for as long as the window is open. Whether one of them is new. */
export function learnNames(scope: string, names: readonly string[]): boolean {
  const known = seen.get(scope) ?? [];
  const fresh = names.filter((name, i) => name !== "" && !known.includes(name) && names.indexOf(name) === i);
  seen.set(scope, [...known, ...fresh]);
  return fresh.length > 0;
}

/** The colours of the names that are known there. */
export function namesPalette(scope: string): Palette {
  return new Palette((seen.get(scope) ?? []).map((name, i) => ({ id: name, group: FAMILIES[i % FAMILIES.length]! })));
}
