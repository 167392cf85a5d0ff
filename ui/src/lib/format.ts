/** Numbers, money and times as people write them. A missing value is "–", never 0. */

/** The interface is in English, so numbers are grouped as English groups them wherever the computer is. */
const NUMBERS = "en-US";
const DATES = "en-GB";

/** What stands for a value that is not known. */
export const MISSING = "–";

const whole = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 0 });

/** An exact whole number: 4,318. */
export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? MISSING : whole.format(n);
}

/** A change in credits with its sign: +2,500, −2. Changes of nothing are "0". */
export function signed(n: number): string {
  if (n === 0) return "0";
  return (n > 0 ? "+" : "−") + whole.format(Math.abs(n));
}

/** A share of 1 as whole per cent; what is there but rounds to nothing is "<1 %". */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return MISSING;
  if (share > 0 && share < 0.005) return "<1 %";
  return `${whole.format(share * 100)} %`;
}

/** How far something has come, in whole per cent that reach 100 only at its end. */
export function wholePercent(done: number, of: number): number {
  return of > 0 ? Math.min(100, Math.floor((done * 100) / of)) : 0;
}

const tenth = new Intl.NumberFormat(NUMBERS, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Bytes in megabytes: "1,234.5 MB"; what is there but rounds to nothing is "<0.1 MB". */
export function megabytes(bytes: number): string {
  if (bytes > 0 && bytes < 50_000) return "<0.1 MB";
  return `${tenth.format(bytes / 1_000_000)} MB`;
}

/** How a number moved against an earlier one. */
export type Change = { text: string; rise: number | null };

/** The change against an earlier number; `rise` is a share of 1 and null when there is nothing to compare with. */
export function change(now: number, before: number | null): Change {
  if (before === null) return { text: MISSING, rise: null };
  if (before === 0) return now === 0 ? { text: "0 %", rise: 0 } : { text: "new", rise: null };
  const rise = now / before - 1;
  const rounded = Math.round(rise * 100);
  return { text: rounded === 0 ? "0 %" : `${signed(rounded)} %`, rise };
}

/** A price in minor units: $25, $4.50. */
export function money(minor: number, currency: string): string {
  const digits = new Intl.NumberFormat(NUMBERS, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const value = minor / 10 ** digits;
  const shown = Number.isInteger(value) ? 0 : digits;
  return new Intl.NumberFormat(NUMBERS, { style: "currency", currency, minimumFractionDigits: shown, maximumFractionDigits: shown }).format(value);
}

/** What one credit of a pack costs, with enough digits to compare packs: $0.0125. */
export function pricePerCredit(minor: number, credits: number, currency: string): string {
  if (credits <= 0) return MISSING;
  const digits = new Intl.NumberFormat(NUMBERS, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return new Intl.NumberFormat(NUMBERS, { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: 4 }).format(minor / 10 ** digits / credits);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dates(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(DATES, { ...options, timeZone: zone });
    formats.set(key, format);
  }
  return format;
}

function part(at: number, zone: string, options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes): string {
  return dates(zone, options).formatToParts(at).find((p) => p.type === type)?.value ?? "";
}

const weekday = (at: number, zone: string) => part(at, zone, { weekday: "short" }, "weekday");
const dayOfMonth = (at: number, zone: string) => part(at, zone, { day: "numeric" }, "day");
const month = (at: number, zone: string) => part(at, zone, { month: "short" }, "month").slice(0, 3);
const year = (at: number, zone: string) => part(at, zone, { year: "numeric" }, "year");

/** A day: "Tue 14 Dec", with its year when that is not this year. */
export function day(at: number, zone: string, now: number): string {
  const short = `${weekday(at, zone)} ${dayOfMonth(at, zone)} ${month(at, zone)}`;
  return year(at, zone) === year(now, zone) ? short : `${short} ${year(at, zone)}`;
}

/** Whether two instants are on the same calendar day. */
export function sameDay(a: number, b: number, zone: string): boolean {
  return isoDay(a, zone) === isoDay(b, zone);
}

/** From one day to another, both included: "23 – 25 Nov", "27 Nov – 2 Dec", "25 Nov". */
export function dayRange(from: number, to: number, zone: string): string {
  const end = `${dayOfMonth(to, zone)} ${month(to, zone)}`;
  if (sameDay(from, to, zone)) return end;
  if (year(from, zone) !== year(to, zone)) return `${dayOfMonth(from, zone)} ${month(from, zone)} ${year(from, zone)} – ${end} ${year(to, zone)}`;
  if (month(from, zone) === month(to, zone)) return `${dayOfMonth(from, zone)} – ${end}`;
  return `${dayOfMonth(from, zone)} ${month(from, zone)} – ${end}`;
}

/** The days that a half-open period covers: its end is not in it. */
export function periodDays(period: { start: number; end: number }, zone: string): string {
  return dayRange(period.start, Math.max(period.start, period.end - 1), zone);
}

/** A time of day: "14:02", or "14:02:11". */
export function timeOfDay(at: number, zone: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return dates(zone, seconds ? { ...options, second: "2-digit" } : options).format(at);
}

/** When something happened, as short as it stays clear: "14:02:11" today, "Tue 14:02" this week, "Tue 14 Nov" before. */
export function moment(at: number, zone: string, now: number): string {
  if (sameDay(at, now, zone)) return timeOfDay(at, zone, true);
  if (now - at < 6 * 86_400_000) return `${weekday(at, zone)} ${timeOfDay(at, zone)}`;
  return day(at, zone, now);
}

/** The short name of a time zone at an instant: "UTC", "CET". */
export function zoneName(at: number, zone: string): string {
  return part(at, zone, { timeZoneName: "short" }, "timeZoneName") || zone;
}

/** An instant in full, for those who ask: "Tuesday 1 December 2026, 00:00:00 UTC". */
export function exact(at: number, zone: string): string {
  const long = `${part(at, zone, { weekday: "long" }, "weekday")} ${dayOfMonth(at, zone)} ${part(at, zone, { month: "long" }, "month")} ${year(at, zone)}`;
  return `${long}, ${timeOfDay(at, zone, true)} ${zoneName(at, zone)}`;
}

/** An instant in full in the billing time zone and, where that differs, in the time of this computer. */
export function exactBoth(at: number, zone: string, local = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  const billing = exact(at, zone);
  const here = exact(at, local);
  return billing === here ? billing : `${billing}\n${here} on this computer`;
}

/** A calendar day as inputs write it: "2026-11-22". */
export function isoDay(at: number, zone: string): string {
  const p = Object.fromEntries(
    dates(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at).map(({ type, value }) => [type, value]),
  );
  return `${p["year"]}-${p["month"]}-${p["day"]}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long until something: "8 d 14 h", "3 h 20 min", "less than a minute". */
export function span(ms: number): string {
  if (ms < MINUTE) return "less than a minute";
  const d = Math.floor(ms / DAY);
  const h = Math.floor((ms % DAY) / HOUR);
  const min = Math.floor((ms % HOUR) / MINUTE);
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  return `${min} min`;
}

/** How long ago something was: "now", "12 s ago", "3 min ago". */
export function ago(ms: number): string {
  if (ms < 2_000) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / 1_000)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

/** A number of things with its word: "1 day", "6 days". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A name as it stands within a sentence: "Automated responses" loses its capital, "AI replies" keeps both. */
export function midSentence(name: string): string {
  return name.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase());
}
