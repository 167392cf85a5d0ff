import type { RunOut } from "$lib/backend/types";
import { MISSING, day, dayRange } from "$lib/format";
import { text } from "$lib/text";

/** When something runs out, as words: the answer, how sure it is, and the instant behind it. */
export type RunOutWords = { text: string; likely: string; at: number | null };

/** What runs out: a plan gives an allowance anew, packs are bought. */
export type Running = "allowance" | "top-ups";

/** A run-out for a date list. Beyond the refresh (of a trial: its end) the end of the likely range is open. */
export function runOutWords(what: Running, runOut: RunOut, zone: string, now: number, isTrial = false): RunOutWords {
  const words = text.overview.runOut;
  switch (runOut.verdict) {
    case "runs_out":
      return runOut.at === null
        ? { text: MISSING, likely: words.noDate, at: null }
        : { text: day(runOut.at, zone, now), likely: likely(runOut.from, runOut.to, zone), at: runOut.at };
    case "lasts_to_refresh":
      return { text: isTrial ? words.trialEnd : words.refresh, likely: runOut.from === null ? words.atThisPace : words.atWorst(day(runOut.from, zone, now)), at: null };
    case "gone":
      return what === "allowance" ? { text: words.usedUp, likely: words.nothingLeft, at: null } : { text: words.noneLeft, likely: words.nothingToRunOut, at: null };
    case "never":
      return { text: words.never, likely: words.notUsed, at: null };
    case "unknown":
      return { text: MISSING, likely: words.tooEarly, at: null };
  }
}

function likely(from: number | null, to: number | null, zone: string): string {
  const words = text.overview.runOut;
  if (from === null) return to === null ? words.rough : words.likelyBy(dayRange(to, to, zone));
  return to === null ? words.likelyFrom(dayRange(from, from, zone)) : words.likely(dayRange(from, to, zone));
}

/** Until when a pack would last, as the line on its card. */
export function packLastsWords(runOut: RunOut, reachesRefresh: boolean, zone: string, now: number): string {
  const words = text.overview.runOut.pack;
  if (reachesRefresh) return words.pastRefresh;
  switch (runOut.verdict) {
    case "runs_out":
      return runOut.at === null ? words.notKnown : words.until(day(runOut.at, zone, now));
    case "lasts_to_refresh":
      return words.pastRefresh;
    case "gone":
      return words.atOnce;
    case "never":
      return words.never;
    case "unknown":
      return words.tooEarly;
  }
}
