import { describe, expect, it } from "vitest";
import type { LedgerFilter } from "$lib/backend/types";
import { searchOf } from "$lib/state/address";
import { EVERYTHING, ledgerFilter, ledgerParams, letsAllThrough, openedEntry } from "./address";
import { chips, choose, datesWords, daysOf, facets, filterOfDays } from "./filters";

const NOW = Date.parse("2026-11-22T14:02:23Z");
const BERLIN = "Europe/Berlin";
const FULL = { from: 1, to: 2, kinds: ["usage", "void"], features: ["draft", "summary"], member: "ana", channel: "chat", source: "helpdesk", reference: "#48 & 1" };

describe("the address", () => {
  it("has a filter and an entry, and gives the same back", () => {
    const params = new URLSearchParams(searchOf(ledgerParams(FULL, 4_112)));
    expect(ledgerFilter(params)).toEqual(FULL);
    expect(openedEntry(params)).toBe(4_112);
  });
  it("is empty for everything", () => expect(searchOf(ledgerParams(EVERYTHING))).toBe(""));
  it("restricts nothing by words that nobody knows", () => {
    expect(ledgerFilter(new URLSearchParams("kind=toast&from=soon&member=&feature="))).toEqual(EVERYTHING);
    expect(["entry=0", "entry=x", "entry=1.5", ""].map((search) => openedEntry(new URLSearchParams(search)))).toEqual([null, null, null, null]);
  });
  it("knows a filter that lets all through", () => expect([letsAllThrough(EVERYTHING), letsAllThrough({ ...EVERYTHING, kinds: ["usage"] })]).toEqual([true, false]));
});

describe("filters", () => {
  const names = { features: [{ id: "draft", name: "Drafts", group: "replies" }], members: ["ana"], channels: [], sources: [] };

  it("offer what occurs, and what is chosen", () => {
    expect(facets(EVERYTHING, names).map(({ id }) => id)).toEqual(["kind", "feature", "member"]);
    expect(facets({ ...EVERYTHING, channel: "fax" }, names).map(({ id }) => id)).toContain("channel");
  });

  it("are chosen and taken back", () => {
    const one = choose(choose(EVERYTHING, "kind", "usage"), "member", "ana");
    expect([one.kinds, one.member]).toEqual([["usage"], "ana"]);
    expect(choose(choose(one, "kind", "usage"), "member", "ana")).toEqual(EVERYTHING);
  });

  it("stand as chips, each with the filter that is left without it", () => {
    const wanted = { ...FULL, from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 23), reference: null };
    const shown = chips(wanted, names, "UTC", NOW);
    expect(shown.map(({ name, value }) => `${name}: ${value}`)).toEqual(["Kind: Usage", "Kind: Taken back", "Feature: Drafts", "Feature: summary", "Member: ana", "Channel: chat", "Source: helpdesk", "Dates: 1 – 22 Nov"]);
    let left: LedgerFilter = wanted;
    while (chips(left, names, "UTC", NOW).length > 0) left = chips(left, names, "UTC", NOW)[0]!.without;
    expect(left).toEqual(EVERYTHING);
  });

  it.each([
    [{ from: Date.UTC(2026, 10, 1), to: null }, "UTC", "from Sun 1 Nov"],
    [{ from: null, to: Date.UTC(2026, 10, 2) }, "UTC", "up to Sun 1 Nov"],
    [{ from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 2) }, "UTC", "Sun 1 Nov"],
    [{ from: Date.UTC(2026, 10, 1), to: NOW }, "UTC", "Sun 1 Nov – Sun 22 Nov 14:02"],
    [{ from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 23) }, BERLIN, "Sun 25 Oct"],
    [{ from: Date.UTC(2025, 11, 1), to: Date.UTC(2026, 0, 2) }, "UTC", "1 Dec 2025 – 1 Jan 2026"],
  ])("name their dates, %#", (dates, zone, said) => expect(datesWords(dates, zone, NOW)).toBe(said));

  it("take days of the zone, both included", () => {
    expect(filterOfDays({ first: "2026-10-25", last: "2026-10-25" }, BERLIN)).toEqual({ from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 23), problem: null });
    expect(daysOf({ from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 23) }, BERLIN)).toEqual({ first: "2026-10-25", last: "2026-10-25" });
    expect(filterOfDays({ first: "2026-11-02", last: "2026-11-01" }, "UTC").problem).toBe("The first day is after the last.");
    expect(filterOfDays({ first: "soon", last: "" }, "UTC").problem).toMatch(/year-month-day/);
    expect(filterOfDays({ first: "", last: "" }, "UTC")).toEqual({ from: null, to: null, problem: null });
  });
});
