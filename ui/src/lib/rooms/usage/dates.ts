import { text } from "$lib/text";
import { endOfDay, startOfDay } from "$lib/zone";

const TEN_YEARS = 3_660 * 86_400_000;

/** Two written days as a range, or what is wrong with them and in which of the fields that is. */
export type Dates = { from: number; to: number; problem: null } | { problem: string; first: boolean; last: boolean };

/** The range from one written day to another, both included. It may end after today, but not begin there. */
export function datesOf(first: string, last: string, zone: string, now: number): Dates {
  const [from, to] = [startOfDay(first, zone), endOfDay(last, zone)];
  const words = text.usage.dates;
  if (from === null || to === null) return { problem: words.notADay, first: from === null, last: to === null };
  if (from >= to) return { problem: words.backwards, first: true, last: true };
  if (from > now) return { problem: words.future, first: true, last: false };
  if (to - from > TEN_YEARS) return { problem: words.tooLong, first: true, last: true };
  return { from, to, problem: null };
}
