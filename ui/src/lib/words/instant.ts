import { day, timeOfDay, zoneName } from "$lib/format";
import { text } from "$lib/text";

/** An instant in billing time, where its clock differs from that of the zone that is shown; else nothing. With its day where that is another one. */
export function billingWords(at: number, zone: string, billing: string, now: number): string | null {
  const [shown, theirs] = [`${day(at, zone, now)} ${timeOfDay(at, zone)}`, `${day(at, billing, now)} ${timeOfDay(at, billing)}`];
  if (shown === theirs) return null;
  const isSameDay = day(at, zone, now) === day(at, billing, now);
  return `${isSameDay ? timeOfDay(at, billing) : theirs} ${zoneName(at, billing)}`;
}

/** An instant that others count on: "Tue 1 Dec, 01:00 CET (00:00 UTC)". */
export function instantWords(at: number, zone: string, billing: string, now: number): string {
  return text.overview.banner.instant(day(at, zone, now), `${timeOfDay(at, zone)} ${zoneName(at, zone)}`, billingWords(at, zone, billing, now));
}
