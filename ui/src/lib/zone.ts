import { isoDay, timeOfDay } from "./format";

const WRITTEN_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The instant at which a written day ("2026-11-22") begins in a time zone, or null when it is not a day. */
export function startOfDay(written: string, zone: string): number | null {
  const utc = utcMidnight(written);
  if (utc === null) return null;
  // A zone is at most 14 h from UTC; two corrections settle on the side of a clock change that the day begins on.
  let at = utc;
  for (let i = 0; i < 2; i++) at += utc - wallClock(at, zone);
  return at;
}

/** The instant at which the day after a written one begins. */
export function endOfDay(written: string, zone: string): number | null {
  const utc = utcMidnight(written);
  return utc === null ? null : startOfDay(new Date(utc + 86_400_000).toISOString().slice(0, 10), zone);
}

function utcMidnight(written: string): number | null {
  const utc = WRITTEN_DAY.test(written) ? Date.parse(`${written}T00:00:00Z`) : NaN;
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== written) return null;
  return utc;
}

function wallClock(at: number, zone: string): number {
  return Date.parse(`${isoDay(at, zone)}T${timeOfDay(at, zone, true)}Z`);
}
