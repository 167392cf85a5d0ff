import type { Locale } from "$lib/backend/types";
import { DEFAULT_LOCALE } from "$lib/state/locale.svelte";

/** Any year will do for names of months; this one begins on a Monday. */
const MONTHS = Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month, 14));
const WEEKDAYS = Array.from({ length: 7 }, (_, day) => Date.UTC(2024, 0, 1 + day));
const SIZES = [1e3, 1e6, 1e9, 1e12];
const MOST_LETTERS = 3;

/** What charts need to know of a locale, as the browser knows it, so that a picture and the words around it agree. */
export function chartLocale(tag: string, numbers: string): Locale {
  const isDefault = tag === DEFAULT_LOCALE;
  // One for each form, and not for each of nineteen names: they take long to make.
  const formats = new Map<string, Intl.DateTimeFormat>();
  const format = (options: Intl.DateTimeFormatOptions) => {
    const form = JSON.stringify(options);
    const made = formats.get(form) ?? new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options });
    formats.set(form, made);
    return made;
  };
  const parts = (options: Intl.DateTimeFormatOptions, at: number) => format(options).formatToParts(at);
  const named = (options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes, at: number) => parts(options, at).find((p) => p.type === type)?.value ?? "";
  const month = (at: number) => {
    const name = named({ day: "numeric", month: "short" }, "month", at);
    return isDefault ? name.slice(0, MOST_LETTERS) : name;
  };
  const ofNumber = (type: Intl.NumberFormatPartTypes) => new Intl.NumberFormat(numbers).formatToParts(1_234_567.5).find((p) => p.type === type)?.value ?? "";
  return {
    decimal: ofNumber("decimal") || ".",
    group: ofNumber("group"),
    compact: isDefault ? ["k", "M", "bn", "tn"] : SIZES.map((size) => compactWord(numbers, size)),
    months: MONTHS.map(month),
    weekdays: WEEKDAYS.map((at) => named({ weekday: "short" }, "weekday", at)),
    day: isDefault ? "{d} {m}" : pattern(parts({ day: "numeric", month: "short" }, MONTHS[0]!)),
    weekdayDay: isDefault ? "{w} {d} {m}" : pattern(parts({ weekday: "short", day: "numeric", month: "short" }, MONTHS[0]!)),
    monthYear: isDefault ? "{m} {y}" : pattern(parts({ month: "short", year: "numeric" }, MONTHS[0]!)),
  };
}

const FIELDS: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = { day: "{d}", month: "{m}", weekday: "{w}", year: "{y}" };

function pattern(parts: readonly Intl.DateTimeFormatPart[]): string {
  return parts.map(({ type, value }) => FIELDS[type] ?? value).join("");
}

/** "k" for a thousand; where a locale counts otherwise (by ten thousands, say) its powers of ten say how many. */
function compactWord(tag: string, size: number): string {
  const parts = new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 0 }).formatToParts(size);
  const word = parts.find((p) => p.type === "compact")?.value;
  const whole = parts.filter((p) => p.type === "integer").map((p) => p.value).join("");
  return word !== undefined && whole === "1" ? word : `·10${SUPERSCRIPT[Math.log10(size) / 3 - 1]}`;
}

const SUPERSCRIPT = ["³", "⁶", "⁹", "¹²"];
