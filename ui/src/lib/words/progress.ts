import type { Progress } from "$lib/backend/types";
import { count, counted } from "$lib/format";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Digits of a speed: more of them would only flicker. */
const DIGITS = 3;

/** How many entries there are of how many: "3,412,000 of 10,000,000". */
export function doneWords({ done, of }: Pick<Progress, "done" | "of">): string {
  return `${count(done)} of ${count(of)}`;
}

/** How fast it goes: "412,000 a second"; nothing while that is not known. */
export function speedWords(perSecond: number | null): string {
  if (perSecond === null || perSecond <= 0) return "";
  return `${count(Number(perSecond.toPrecision(DIGITS)))} a second`;
}

/** How long the rest may take: "about 16 seconds left"; nothing while that is not known. */
export function leftWords(ms: number | null): string {
  if (ms === null) return "";
  const about = (unit: number, word: string) => `about ${counted(Math.max(1, Math.round(ms / unit)), word)} left`;
  // Each unit ends where it would round to one of the next.
  if (ms < MINUTE - SECOND / 2) return about(SECOND, "second");
  if (ms < HOUR - MINUTE / 2) return about(MINUTE, "minute");
  return about(HOUR, "hour");
}
