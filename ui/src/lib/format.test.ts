import { describe, expect, it } from "vitest";
import { ago, change, count, counted, day, dayRange, exact, exactBoth, isoDay, megabytes, midSentence, moment, money, percent, periodDays, pricePerCredit, signed, span, timeOfDay, wholePercent, zoneName } from "./format";
import { endOfDay, startOfDay } from "./zone";

const at = (iso: string) => Date.parse(iso);
const NOW = at("2026-11-22T14:02:23Z");

describe("names", () => {
  it("lose their capital within a sentence, abbreviations keep theirs", () => {
    expect(midSentence("Automated responses")).toBe("automated responses");
    expect(midSentence("AI replies")).toBe("AI replies");
    expect(midSentence("")).toBe("");
  });
});

describe("numbers", () => {
  it.each([
    [0, "0"],
    [4318, "4,318"],
    [99_999, "99,999"],
    [2 ** 53 - 1, "9,007,199,254,740,991"],
  ])("shows %d exactly", (n, text) => expect(count(n)).toBe(text));

  it("shows what is missing as a dash, never as 0", () => {
    expect([count(null), count(undefined), percent(null), change(5, null).text]).toEqual(["–", "–", "–", "–"]);
  });

  it("reach 100 per cent only at the end", () => expect([wholePercent(29, 100), wholePercent(9_999_999, 10_000_000), wholePercent(7, 7), wholePercent(8, 7), wholePercent(0, 0)]).toEqual([29, 99, 100, 100, 0]));

  it("shows sizes in megabytes", () => expect([megabytes(1_482_752), megabytes(1_234_500_000), megabytes(912), megabytes(0)]).toEqual(["1.5 MB", "1,234.5 MB", "<0.1 MB", "0.0 MB"]));

  it("signs changes with a true minus", () => expect([signed(2500), signed(-2), signed(0)]).toEqual(["+2,500", "−2", "0"]));

  it("rounds shares and keeps a trace visible", () => expect([percent(0.523), percent(0.001), percent(0), percent(1)]).toEqual(["52 %", "<1 %", "0 %", "100 %"]));

  it("compares with an earlier number", () => {
    expect(change(131, 100)).toEqual({ text: "+31 %", rise: expect.closeTo(0.31) as number });
    expect(change(94, 100).text).toBe("−6 %");
    expect(change(1001, 1000).text).toBe("0 %");
    expect(change(2, 0).text).toBe("new");
    expect(change(0, 0).text).toBe("0 %");
  });

  it("counts things with their word", () => expect([counted(1, "day"), counted(6, "day"), counted(1200, "entry", "entries")]).toEqual(["1 day", "6 days", "1,200 entries"]));
});

describe("money", () => {
  it("leaves out what is not there", () => expect([money(2500, "USD"), money(450, "USD"), money(1200, "JPY")]).toEqual(["$25", "$4.50", "¥1,200"]));
  it("tells packs apart by the credit", () => {
    expect([pricePerCredit(1500, 1000, "USD"), pricePerCredit(9900, 10_000, "USD")]).toEqual(["$0.015", "$0.0099"]);
    expect(pricePerCredit(100, 0, "USD")).toBe("–");
  });
});

describe("days and times", () => {
  it("writes a day as people do, in the billing time zone", () => {
    expect(day(at("2026-12-14T03:00:00Z"), "UTC", NOW)).toBe("Mon 14 Dec");
    expect(day(at("2026-12-14T03:00:00Z"), "America/New_York", NOW)).toBe("Sun 13 Dec");
    expect(day(at("2027-09-01T00:00:00Z"), "UTC", NOW)).toBe("Wed 1 Sep 2027");
  });

  it("writes ranges once", () => {
    expect(dayRange(at("2026-11-23T10:00:00Z"), at("2026-11-25T10:00:00Z"), "UTC")).toBe("23 – 25 Nov");
    expect(dayRange(at("2026-11-27T10:00:00Z"), at("2026-12-02T10:00:00Z"), "UTC")).toBe("27 Nov – 2 Dec");
    expect(dayRange(at("2026-12-27T10:00:00Z"), at("2027-01-02T10:00:00Z"), "UTC")).toBe("27 Dec 2026 – 2 Jan 2027");
    expect(dayRange(NOW, NOW, "UTC")).toBe("22 Nov");
  });

  it("leaves the end of a period out of it", () => expect(periodDays({ start: at("2026-11-01T00:00:00Z"), end: at("2026-12-01T00:00:00Z") }, "UTC")).toBe("1 – 30 Nov"));

  it("gives the exact instant in billing time and on this computer", () => {
    const refresh = at("2026-12-01T00:00:00Z");
    expect(exact(refresh, "UTC")).toBe("Tuesday 1 December 2026, 00:00:00 UTC");
    expect(exactBoth(refresh, "UTC", "UTC")).toBe("Tuesday 1 December 2026, 00:00:00 UTC");
    expect(exactBoth(refresh, "UTC", "Europe/Berlin")).toBe("Tuesday 1 December 2026, 00:00:00 UTC\nTuesday 1 December 2026, 01:00:00 CET on this computer");
    expect(zoneName(refresh, "Europe/Berlin")).toBe("CET");
  });

  it("says moments as short as they stay clear", () => {
    expect(moment(at("2026-11-22T09:05:07Z"), "UTC", NOW)).toBe("09:05:07");
    expect(moment(at("2026-11-17T14:02:00Z"), "UTC", NOW)).toBe("Tue 14:02");
    expect(moment(at("2026-10-01T14:02:00Z"), "UTC", NOW)).toBe("Thu 1 Oct");
    expect(timeOfDay(at("2026-11-22T00:00:00Z"), "UTC")).toBe("00:00");
  });

  it("counts down and up", () => {
    expect([span(8 * 86_400_000 + 14 * 3_600_000), span(3 * 3_600_000 + 20 * 60_000), span(86_400_000), span(59_000), span(720_000)]).toEqual(["8 d 14 h", "3 h 20 min", "1 d", "less than a minute", "12 min"]);
    expect([ago(-5), ago(12_400), ago(180_000), ago(7_200_000), ago(5 * 86_400_000)]).toEqual(["now", "now", "3 min ago", "2 h ago", "5 d ago"]);
  });
});

describe("written days", () => {
  it("begin at midnight where the workspace is billed", () => {
    expect(startOfDay("2026-11-22", "UTC")).toBe(at("2026-11-22T00:00:00Z"));
    expect(startOfDay("2026-11-22", "America/New_York")).toBe(at("2026-11-22T05:00:00Z"));
    expect(endOfDay("2026-11-22", "Asia/Kolkata")).toBe(at("2026-11-22T18:30:00Z"));
  });

  it("are 23 or 25 hours long when clocks change", () => {
    const hours = (d: string) => (endOfDay(d, "Europe/Berlin")! - startOfDay(d, "Europe/Berlin")!) / 3_600_000;
    expect([hours("2026-03-29"), hours("2026-10-25"), hours("2026-11-22")]).toEqual([23, 25, 24]);
  });

  it("begin right when the offset changes between that midnight and UTC's", () => expect(startOfDay("2026-04-05", "Pacific/Auckland")).toBe(at("2026-04-04T11:00:00Z")));

  it("begin at the first instant after a midnight that a clock change skips", () => expect(startOfDay("2026-04-24", "Africa/Cairo")).toBe(at("2026-04-23T22:00:00Z")));

  it("are refused when there is no such day", () => expect([startOfDay("2026-02-30", "UTC"), startOfDay("22.11.2026", "UTC"), endOfDay("", "UTC")]).toEqual([null, null, null]));

  it("come back as they were written", () => expect(isoDay(startOfDay("2026-11-22", "Pacific/Auckland")!, "Pacific/Auckland")).toBe("2026-11-22"));
});
