import type { EntryDetail, EntryKind, EntryVerdict, LedgerRow } from "$lib/backend/types";
import { count, signed } from "$lib/format";
import { text } from "$lib/text";
import type { Reach } from "$lib/rooms/ledger/list";
import type { IconName, Tone } from "./tone";

/** The picture of an entry that no feature gives a colour. */
const PICTURES: Record<EntryKind, IconName> = {
  usage: "usage", grant: "topUp", expiry: "clock", void: "down", amendment: "up", hold: "lock", release: "play", plan_change: "star", controls_change: "settings",
};

/** The picture of a kind of entry. */
export function kindPicture(kind: EntryKind): IconName {
  return PICTURES[kind];
}

/** What a kind of entry is called. */
export function kindName(kind: string): string {
  return text.ledger.kinds[kind as EntryKind] ?? kind;
}

/** How often work was done, behind its name: "× 3". Once goes without saying. */
export function timesWords(row: LedgerRow): string {
  return row.kind === "usage" && row.units > 1 ? text.ledger.times(count(row.units)) : "";
}

/** What else there is to say of an entry. Units are told by `timesWords`. */
export function detailWords(row: LedgerRow): string {
  return row.kind === "usage" ? "" : (row.detail ?? "");
}

/** Who it was for and where it came from, part by part: they are names, and each keeps its own direction. */
export function whoParts({ channel, reference, member }: LedgerRow): string[] {
  return [channel, reference, member].filter((part) => part !== null);
}

/** Credits that came or went; nothing for what moves none. */
export function amountWords(amount: number): string {
  return amount === 0 ? "" : signed(amount);
}

/** How many entries there are, as far as that is known. */
export function countWords(found: number, reach: Reach): string {
  const words = text.ledger;
  if (reach === "all") return words.entries(count(found), found === 1);
  if (found === 0) return reach === "asking" ? words.noneSoFar : words.looking;
  return words.entriesSoFar(count(found), found === 1);
}

/** What an entry cost, worked out: "3 × 2 credits = 6". Nothing for what has no price. */
export function costWords({ row, rate }: Pick<EntryDetail, "row" | "rate">): string | null {
  if (rate === null || row.units === 0) return null;
  return text.ledger.entry.sum(count(row.units), count(rate), rate === 1, count(rate * row.units));
}

/** What the credits of an entry are to those that it came from. */
export function sharesTitle(kind: EntryKind): string {
  const words = text.ledger.entry;
  if (kind === "amendment") return words.gotBack;
  return kind === "expiry" || kind === "void" ? words.lost : words.paid;
}

/** Whether the rules give an entry, in words. */
export function verdictWords(verdict: EntryVerdict): { text: string; meaning: string; icon: IconName; tone: Tone } {
  const words = text.ledger.entry;
  return verdict === "agrees" ? { text: words.agrees, meaning: words.agreesMeaning, icon: "verified", tone: "good" } : { text: words.differs, meaning: words.differsMeaning, icon: "warn", tone: "stop" };
}
