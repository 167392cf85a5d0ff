import type { RunOut } from "$lib/backend/types";
import { MISSING, day, dayRange } from "$lib/format";

/** When something runs out, as words: the answer, how sure it is, and the instant behind it. */
export type RunOutWords = { text: string; likely: string; at: number | null };

/** What runs out: a plan gives an allowance anew, packs are bought. */
export type Running = "allowance" | "top-ups";

/** A run-out for a date list. Beyond the refresh the end of the likely range is open. */
export function runOutWords(what: Running, runOut: RunOut, zone: string, now: number): RunOutWords {
  switch (runOut.verdict) {
    case "runs_out":
      return runOut.at === null
        ? { text: MISSING, likely: "no date is known", at: null }
        : { text: day(runOut.at, zone, now), likely: likely(runOut.from, runOut.to, zone), at: runOut.at };
    case "lasts_to_refresh":
      return { text: "The refresh", likely: runOut.from === null ? "at this pace" : `at worst ${day(runOut.from, zone, now)}`, at: null };
    case "gone":
      return what === "allowance" ? { text: "Used up", likely: "nothing is left", at: null } : { text: "None left", likely: "nothing to run out", at: null };
    case "never":
      return { text: "No end in sight", likely: "nothing is using them", at: null };
    case "unknown":
      return { text: MISSING, likely: "too little history to say", at: null };
  }
}

function likely(from: number | null, to: number | null, zone: string): string {
  if (from === null && to === null) return "a rough estimate";
  if (from === null) return `likely by ${dayRange(to!, to!, zone)}`;
  if (to === null) return `likely ${dayRange(from, from, zone)} – after refresh`;
  return `likely ${dayRange(from, to, zone)}`;
}

/** Until when a pack would last, as the line on its card. */
export function packLastsWords(runOut: RunOut, reachesRefresh: boolean, zone: string, now: number): string {
  if (reachesRefresh) return "Lasts past the refresh at this pace";
  switch (runOut.verdict) {
    case "runs_out":
      return runOut.at === null ? "How long it lasts is not known yet" : `Lasts until ${day(runOut.at, zone, now)} at this pace`;
    case "lasts_to_refresh":
      return "Lasts past the refresh at this pace";
    case "gone":
      return "Used up at once at this pace";
    case "never":
      return "Nothing is using credits now";
    case "unknown":
      return "Too little history to say how long it lasts";
  }
}
