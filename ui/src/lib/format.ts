/** Numbers, money and times as people write them. A missing value is "–", never 0. */

import { localZone } from "./platform";
import { DEFAULT_LOCALE, locale } from "./state/locale.svelte";
import { text } from "./text";

/** What machines read is written the same everywhere. */
const PLAIN = "en-GB";

/** What stands for a value that is not known. */
export const MISSING = "–";

const numberFormats = new Map<string, Intl.NumberFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale.numbers + JSON.stringify(options);
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale.numbers, options);
    numberFormats.set(key, format);
  }
  return format;
}

const whole = (n: number) => numbers({ maximumFractionDigits: 0 }).format(n);

/** Writes a number and a date for nobody: the first of each takes as long as hundreds after it, and may do so while others are waited for. */
export function warmUp(): void {
  count(0);
  exact(0, "UTC");
}

/** An exact whole number: 4,318. */
export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? MISSING : whole(n);
}

/** A change in credits with its sign: +2,500, −2. Changes of nothing are "0". */
export function signed(n: number): string {
  if (n === 0) return "0";
  return (n > 0 ? "+" : "−") + whole(Math.abs(n));
}

/** A share of 1 as whole per cent; what is there but rounds to nothing is "<1 %". */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return MISSING;
  if (share > 0 && share < 0.005) return "<1 %";
  return `${whole(share * 100)} %`;
}

/** How far something has come, in whole per cent that reach 100 only at its end. */
export function wholePercent(done: number, of: number): number {
  return of > 0 ? Math.min(100, Math.floor((done * 100) / of)) : 0;
}

/** A number with at most one digit behind its point: 4.3, 12. */
export function decimal(n: number): string {
  return numbers({ maximumFractionDigits: 1 }).format(n);
}

/** Bytes in megabytes: "1,234.5 MB"; what is there but rounds to nothing is "<0.1 MB". */
export function megabytes(bytes: number): string {
  const size = (mb: number) => numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(mb);
  return text.format.megabytes(bytes > 0 && bytes < 50_000 ? `<${size(0.1)}` : size(bytes / 1_000_000));
}

/** How a number moved against an earlier one. */
export type Change = { text: string; rise: number | null };

/** The change against an earlier number; `rise` is a share of 1 and null when there is nothing to compare with. */
export function change(now: number, before: number | null): Change {
  if (before === null) return { text: MISSING, rise: null };
  if (before === 0) return now === 0 ? { text: "0 %", rise: 0 } : { text: text.format.fresh, rise: null };
  const rise = now / before - 1;
  const rounded = Math.round(rise * 100);
  return { text: rounded === 0 ? "0 %" : `${signed(rounded)} %`, rise };
}

/** A price in minor units: $25, $4.50. */
export function money(minor: number, currency: string): string {
  const digits = numbers({ style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const value = minor / 10 ** digits;
  const shown = Number.isInteger(value) ? 0 : digits;
  return numbers({ style: "currency", currency, minimumFractionDigits: shown, maximumFractionDigits: shown }).format(value);
}

/** What one credit of a pack costs, with enough digits to compare packs: $0.0125. */
export function pricePerCredit(minor: number, credits: number, currency: string): string {
  if (credits <= 0) return MISSING;
  const digits = numbers({ style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return numbers({ style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: 4 }).format(minor / 10 ** digits / credits);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dates(zone: string, options: Intl.DateTimeFormatOptions, tag: string = locale.tag): Intl.DateTimeFormat {
  const key = tag + zone + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(tag, { ...options, timeZone: zone });
    formats.set(key, format);
  }
  return format;
}

type DateParts = Record<"weekday" | "day" | "month" | "year", string>;

/** What a date is put together of: all from one format, since each takes as long to make as a picture has. */
function parts(at: number, zone: string, width: "short" | "long" = "short"): DateParts {
  const found = { weekday: "", day: "", month: "", year: "" };
  for (const { type, value } of dates(zone, { weekday: width, day: "numeric", month: width, year: "numeric" }).formatToParts(at)) {
    if (type in found) found[type as keyof DateParts] = value;
  }
  if (width === "short") found.month = found.month.slice(0, 3);
  return found;
}

/** European English is put together here: its formats come with commas that nobody needs. */
const isDefault = () => locale.tag === DEFAULT_LOCALE;

/** A day: "Tue 14 Dec", with its year when that is not this year. */
export function day(at: number, zone: string, now: number): string {
  const { weekday, day, month, year } = parts(at, zone);
  const dated = year !== parts(now, zone).year;
  if (!isDefault()) return dates(zone, { weekday: "short", day: "numeric", month: "short", ...(dated ? { year: "numeric" } : {}) }).format(at);
  const short = `${weekday} ${day} ${month}`;
  return dated ? `${short} ${year}` : short;
}

/** Whether two instants are on the same calendar day. */
export function sameDay(a: number, b: number, zone: string): boolean {
  return isoDay(a, zone) === isoDay(b, zone);
}

/** From one day to another, both included: "23 – 25 Nov", "27 Nov – 2 Dec", "25 Nov". */
export function dayRange(from: number, to: number, zone: string): string {
  const [first, last] = [parts(from, zone), parts(to, zone)];
  const dated = first.year !== last.year;
  if (!isDefault()) return dates(zone, { day: "numeric", month: "short", ...(dated ? { year: "numeric" } : {}) }).formatRange(from, to);
  const end = `${last.day} ${last.month}`;
  if (sameDay(from, to, zone)) return end;
  if (dated) return `${first.day} ${first.month} ${first.year} – ${end} ${last.year}`;
  return first.month === last.month ? `${first.day} – ${end}` : `${first.day} ${first.month} – ${end}`;
}

/** The days that a half-open period covers: its end is not in it. */
export function periodDays(period: { start: number; end: number }, zone: string): string {
  return dayRange(period.start, Math.max(period.start, period.end - 1), zone);
}

/** A time of day: "14:02", or "14:02:11". */
export function timeOfDay(at: number, zone: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return dates(zone, seconds ? { ...options, second: "2-digit" } : options, PLAIN).format(at);
}

/** When something happened, as short as it stays clear: "14:02:11" today, "Tue 14:02" this week, "Tue 14 Nov" before. */
export function moment(at: number, zone: string, now: number): string {
  if (sameDay(at, now, zone)) return timeOfDay(at, zone, true);
  if (now - at < 6 * 86_400_000) return `${parts(at, zone).weekday} ${timeOfDay(at, zone)}`;
  return day(at, zone, now);
}

/** The short name of a time zone at an instant: "UTC", "CET". */
export function zoneName(at: number, zone: string): string {
  return dates(zone, { timeZoneName: "short" }, PLAIN).formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? zone;
}

/** An instant in full, for those who ask: "Tuesday 1 December 2026, 00:00:00 UTC". */
export function exact(at: number, zone: string): string {
  if (!isDefault()) return `${dates(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at)}, ${timeOfDay(at, zone, true)} ${zoneName(at, zone)}`;
  const { weekday, day, month, year } = parts(at, zone, "long");
  return `${weekday} ${day} ${month} ${year}, ${timeOfDay(at, zone, true)} ${zoneName(at, zone)}`;
}

/** An instant in full in the billing time zone and, where that differs, in the time of this computer. */
export function exactBoth(at: number, zone: string, local = localZone()): string {
  const billing = exact(at, zone);
  const here = exact(at, local);
  return billing === here ? billing : `${billing}\n${text.format.onThisComputer(here)}`;
}

/** A calendar day as inputs write it: "2026-11-22". */
export function isoDay(at: number, zone: string): string {
  const p = Object.fromEntries(
    dates(zone, { year: "numeric", month: "2-digit", day: "2-digit" }, PLAIN).formatToParts(at).map(({ type, value }) => [type, value]),
  );
  return `${p["year"]}-${p["month"]}-${p["day"]}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long until something: "8 d 14 h", "3 h 20 min", "less than a minute". */
export function span(ms: number): string {
  if (ms < MINUTE) return text.format.lessThanAMinute;
  const d = Math.floor(ms / DAY);
  const h = Math.floor((ms % DAY) / HOUR);
  const min = Math.floor((ms % HOUR) / MINUTE);
  if (d > 0) return text.format.days(d, h);
  return h > 0 ? text.format.hours(h, min) : text.format.minutes(min);
}

/** How long ago something was, by the minute: "now", "3 min ago". */
export function ago(ms: number): string {
  const words = text.format.ago;
  if (ms < MINUTE) return words.now;
  if (ms < HOUR) return words.minutes(Math.floor(ms / MINUTE));
  if (ms < DAY) return words.hours(Math.floor(ms / HOUR));
  return words.days(Math.floor(ms / DAY));
}

/** A number of things with its word: "1 day", "6 days". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A name as it stands within a sentence: "Automated responses" loses its capital, "AI replies" keeps both. */
export function midSentence(name: string): string {
  return name.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase());
}

/** A text of machines with its whole numbers as people read them: "entry 48,121". Hashes, days and codes stay as they are. */
export function readable(machine: string): string {
  return machine.replace(/(?<![\w.,:#+/-])\d{4,16}(?![\w.,:/-]*\w)/g, (digits) => count(Number(digits)));
}
