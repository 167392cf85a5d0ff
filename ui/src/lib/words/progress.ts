import type { Progress } from "$lib/backend/types";
import { count } from "$lib/format";
import { text } from "$lib/text";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Digits of a speed: more of them would only flicker. */
const DIGITS = 3;

/** How many entries there are of how many: "3,412,000 of 10,000,000". */
export function doneWords({ done, of }: Pick<Progress, "done" | "of">): string {
  return text.sync.done(count(done), count(of));
}

/** How fast it goes: "412,000 a second"; nothing while that is not known. */
export function speedWords(perSecond: number | null): string {
  if (perSecond === null || perSecond <= 0) return "";
  return text.sync.speed(count(Number(perSecond.toPrecision(DIGITS))));
}

/** How long the rest may take: "about 16 seconds left"; nothing while that is not known. */
export function leftWords(ms: number | null): string {
  if (ms === null) return "";
  const left = text.sync.left;
  const whole = (unit: number) => Math.max(1, Math.round(ms / unit));
  // Each unit ends where it would round to one of the next.
  if (ms < MINUTE - SECOND / 2) return left.seconds(whole(SECOND));
  if (ms < HOUR - MINUTE / 2) return left.minutes(whole(MINUTE));
  return left.hours(whole(HOUR));
}
