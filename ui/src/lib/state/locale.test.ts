import { afterEach, describe, expect, it } from "vitest";
import { chartLocale } from "$lib/chart/look";
import { count, day, dayRange, decimal, exact, isoDay, megabytes, moment, money, readable, timeOfDay } from "$lib/format";
import { DEFAULT_LOCALE, LOCALES, locale, type LocaleTag } from "./locale.svelte";

const NOW = Date.parse("2026-11-22T14:02:23Z");
const DAY = 86_400_000;
/** Spaces of every width are spaces here. */
const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, " ").replace(/[\u200e\u200f\u061c]/g, "");

afterEach(() => locale.choose(null));

describe("a locale", () => {
  it.each<[LocaleTag, string, string, string, string, string]>([
    ["en-GB", "4,318,000", "4.3", "$4.50", "Tue 24 Nov", "22 – 25 Nov"],
    ["en-US", "4,318,000", "4.3", "$4.50", "Tue, Nov 24", "Nov 22 – 25"],
    ["de-DE", "4.318.000", "4,3", "4,50 $", "Di., 24. Nov.", "22.–25. Nov."],
    ["fr-FR", "4 318 000", "4,3", "4,50 $US", "mar. 24 nov.", "22–25 nov."],
    ["es-ES", "4.318.000", "4,3", "4,50 US$", "mar, 24 nov", "22–25 nov"],
    ["pl-PL", "4 318 000", "4,3", "4,50 USD", "wt., 24 lis", "22–25 lis"],
    ["hi-IN-u-nu-latn", "43,18,000", "4.3", "$4.50", "मंगल, 24 नव॰", "22 – 25 नव॰"],
    ["ja-JP", "4,318,000", "4.3", "$4.50", "11月24日(火)", "11/22～11/25"],
  ])("%s writes numbers, prices and days its own way", (tag, whole, fraction, price, oneDay, range) => {
    locale.choose(tag);
    expect([count(4_318_000), decimal(4.3), money(450, "USD"), day(NOW + 2 * DAY, "UTC", NOW), dayRange(NOW, NOW + 3 * DAY, "UTC")].map(plain)).toEqual([whole, fraction, price, oneDay, range]);
  });

  it.each(LOCALES.map(({ tag }) => tag))("%s has Western digits, as charts draw them, and days of machines stay as they are", (tag) => {
    locale.choose(tag);
    const said = [count(1_234_567), decimal(1.5), megabytes(1_500_000), money(99, "USD"), day(NOW, "UTC", NOW), moment(NOW - 2 * DAY, "UTC", NOW), exact(NOW, "UTC"), timeOfDay(NOW, "UTC")].join(" ");
    expect(said).not.toMatch(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/);
    expect(said).toMatch(/\d/);
    expect(isoDay(NOW, "UTC")).toBe("2026-11-22");
    expect(timeOfDay(NOW, "UTC", true)).toBe("14:02:23");
  });

  it("that is not offered is the default", () => {
    locale.choose("de-DE");
    locale.choose("tlh");
    expect(locale.tag).toBe(DEFAULT_LOCALE);
    expect(plain(count(1_000))).toBe("1,000");
  });
});

describe("what charts know of a locale", () => {
  it("is the interface's own English by default", () => {
    expect(chartLocale("en-GB", "en-US")).toEqual({
      decimal: ".", group: ",", compact: ["k", "M", "bn", "tn"],
      months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
      day: "{d} {m}", weekdayDay: "{w} {d} {m}", monthYear: "{m} {y}",
    });
  });

  it("has the order and the signs of German", () => {
    const german = chartLocale("de-DE", "de-DE");
    expect(german).toMatchObject({ decimal: ",", group: ".", day: "{d}. {m}", weekdayDay: "{w}, {d}. {m}", monthYear: "{m} {y}" });
    expect(german.weekdays[0]).toBe("Mo");
    expect(german.compact[1]).toMatch(/Mio/);
  });

  it("says powers of ten where a locale counts by others", () => expect(chartLocale("ja-JP", "ja-JP").compact[0]).toBe("·10³"));

  it.each(LOCALES.map(({ tag }) => tag))("%s: every field is there, and every pattern has its parts", (tag) => {
    const { compact, months, weekdays, day: d, weekdayDay, monthYear, decimal: point } = chartLocale(tag, tag);
    expect([compact.length, months.length, weekdays.length]).toEqual([4, 12, 7]);
    expect([...compact, ...months, ...weekdays, point].every((word) => word !== "")).toBe(true);
    expect([/\{d\}/, /\{m\}/].every((part) => part.test(d) && part.test(weekdayDay))).toBe(true);
    expect(weekdayDay).toContain("{w}");
    expect(monthYear).toMatch(/\{m\}|\{y\}/);
    expect([d, weekdayDay, monthYear].join("")).not.toMatch(/\d/);
  });
});

describe("texts of machines", () => {
  it.each([
    ["entry 48121", "entry 48,121"],
    ["entry 123", "entry 123"],
    ["9007199254740991 entries", "9,007,199,254,740,991 entries"],
    ["-48121 credits, 1000.", "-48121 credits, 1,000."],
    ["balance 7912", "balance 7,912"],
    ["hash 9f2c61b07ad94e5f8d1b3a60c7e2f495", "hash 9f2c61b07ad94e5f8d1b3a60c7e2f495"],
    ["since 2026-11-21T14:02:23Z", "since 2026-11-21T14:02:23Z"],
    ["#48121", "#48121"],
    ["127.0.0.1:8787", "127.0.0.1:8787"],
    ["v1000 1000x 1000.5", "v1000 1000x 1000.5"],
  ])("%s reads %s", (machine, text) => expect(readable(machine)).toBe(text));
});
