import { describe, expect, it } from "vitest";
import type { Cause, Controls, FeatureControl, UsageRow } from "$lib/backend/types";
import { USUAL, usageParams, usageQuery } from "./address";
import { begunOf } from "./begun";
import { datesOf } from "./dates";
import { capOf, draftOf, isRight, wishOf } from "./draft";
import { entriesOfRow, linkOfCause } from "./links";
import { learnNames, namesPalette } from "./nameColours";
import { sortBy, sortOf, sortParams, sorted, type Sort } from "./sort";

const NOW = Date.UTC(2026, 10, 22, 14);
const DAY = 86_400_000;
const range = { start: NOW - DAY, end: NOW };
const row = (r: Partial<UsageRow>): UsageRow => ({ key: "a", name: "A", group: null, names: 1, credits: 1, actions: 1, perDay: 1, share: 0.5, previous: null, rate: null, rateAssumed: false, ...r });

describe("the order of rows", () => {
  const rows = [row({ key: "b", name: "b", credits: 5, previous: 10 }), row({ key: "", names: 3, credits: 900 }), row({ key: "", names: 0, credits: 800 }), row({ key: "a", name: "Ä", credits: 7, previous: 0 }), row({ key: "c", name: "C", credits: 6 })];
  const order = (sort: Sort) => sorted(rows, sort).map(({ key, names }) => (names === 1 ? key : names)).join(" ");
  it.each<[Sort, string]>([
    [{ by: "credits", up: false }, "a c b 3 0"],
    [{ by: "credits", up: true }, "b c a 3 0"],
    [{ by: "name", up: true }, "a b c 3 0"],
    [{ by: "change", up: false }, "a b c 3 0"],
    [{ by: "change", up: true }, "b a c 3 0"],
  ])("%j", (sort, expected) => expect(order(sort)).toBe(expected));
  it("turns around when a column is chosen again", () => {
    expect(sortBy("credits", { by: "credits", up: false })).toEqual({ by: "credits", up: true });
    expect([sortBy("name", { by: "credits", up: false }).up, sortBy("share", { by: "name", up: true }).up]).toEqual([true, false]);
  });
  it.each<Sort>([{ by: "credits", up: false }, { by: "credits", up: true }, { by: "name", up: true }, { by: "change", up: false }])("is the same from its address, %j", (sort) => {
    const params = new URLSearchParams(Object.entries(sortParams(sort)).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
    expect(sortOf(params)).toEqual(sort);
  });
  it("is as usual for words that nobody knows", () => expect(sortOf(new URLSearchParams("sort=evil&order=up"))).toEqual({ by: "credits", up: false }));
});

describe("links", () => {
  it("lead to the entries of a name, of those that the room is filtered to", () => {
    expect(entriesOfRow(row({ key: "draft" }), { ...USUAL, of: { label: "member", name: "Ana" } }, range)).toEqual({ room: "ledger", params: { kind: "usage", member: "Ana", feature: "draft", from: range.start, to: range.end } });
    expect(entriesOfRow(row({ key: "Ben" }), { ...USUAL, by: "member" }, range)?.params).toEqual({ kind: "usage", member: "Ben", from: range.start, to: range.end });
    expect([entriesOfRow(row({ names: 4 }), USUAL, range), entriesOfRow(row({ names: 0 }), USUAL, range)]).toEqual([null, null]);
  });
  it("lead from a cause to it alone", () => {
    const cause = (of: Cause["of"], key: string) => ({ of, key, name: key }) as Cause;
    expect(linkOfCause(cause("feature", "draft"), USUAL, range)).toMatchObject({ room: "ledger", params: { feature: "draft" } });
    expect(linkOfCause(cause("source", "inbox"), { ...USUAL, compare: true }, range)).toMatchObject({ room: "usage", params: { of: "source", name: "inbox", compare: "1" } });
  });
});

describe("the address", () => {
  it("says what is not as usual, and nothing else", () => {
    const params = (query = USUAL) => Object.entries(usageParams(query)).filter(([, value]) => value !== null);
    expect(params()).toEqual([]);
    expect(params({ ...USUAL, shape: "bars", of: { label: "source", name: "a b" } })).toEqual([["shape", "bars"], ["of", "source"], ["name", "a b"]]);
  });
  it("is as usual where it is wrong", () => expect(usageQuery(new URLSearchParams("range=evil&from=1&to=x&by=all&of=who&name=a&step=year&shape=pie"))).toEqual(USUAL));
  it("keeps the ends of a range of one's own", () => expect(usageQuery(new URLSearchParams("range=custom&from=5&to=9"))).toMatchObject({ range: "custom", from: 5, to: 9 }));
});

describe("two days", () => {
  const problem = (first: string, last: string) => {
    const dates = datesOf(first, last, "Europe/Berlin", NOW);
    return dates.problem === null ? null : [dates.problem.split(/[ :,]/).slice(0, 3).join(" "), dates.first, dates.last];
  };
  it("are a range, both included", () => expect(datesOf("2026-10-25", "2026-10-25", "Europe/Berlin", NOW)).toEqual({ from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 23), problem: null }));
  it("may end after today", () => expect(problem("2026-11-22", "2027-01-01")).toBeNull());
  it("are no range where one is wrong, and which", () => {
    expect(problem("2026-11-31", "2026-11-30")).toEqual(["Write both days", true, false]);
    expect(problem("2026-11-03", "2026-11-02")).toEqual(["The first day", true, true]);
    expect(problem("2026-11-24", "2026-11-30")).toEqual(["The first day", true, false]);
    expect(problem("2010-01-01", "2026-11-02")).toEqual(["These are more", true, true]);
  });
});

it("what has begun ends now, and never before its start", () => {
  expect(begunOf({ start: 10, end: 20 }, 15)).toEqual({ start: 10, end: 15 });
  expect([begunOf({ start: 10, end: 20 }, 30).end, begunOf({ start: 10, end: 20 }, 5).end]).toEqual([20, 10]);
});

describe("what is asked of the service", () => {
  const control: FeatureControl = { feature: "draft", name: "Drafts", group: "replies", on: true, cap: 500, used: 20, needsAutomation: false, since: null };
  const controls: Controls = { mayChange: true, automation: true, features: [control] };
  const wish = (change: Partial<ReturnType<typeof draftOf>>) => wishOf({ ...draftOf(control, controls), ...change }, control, controls);
  it("is what was changed, and nothing else", () => {
    expect(wish({})).toBeNull();
    expect(wish({ on: false })).toEqual({ automation: null, features: { draft: { on: false, cap: null } } });
    expect(wish({ cap: "0" })).toEqual({ automation: null, features: { draft: { on: null, cap: { credits: 0 } } } });
    expect(wish({ capped: false })).toEqual({ automation: null, features: { draft: { on: null, cap: { credits: null } } } });
    expect(wish({ automation: false })).toEqual({ automation: false, features: {} });
  });
  it("is nothing while a field is wrong", () => expect([wish({ cap: "" }), wish({ on: false, cap: "-1" }), isRight({ ...draftOf(control, controls), cap: "x" })]).toEqual([null, null, false]));
  it("reads a number as it is written", () => expect([" 1 500 ", "1,500", "1.5", "1e3", "99999999999999999999", ""].map(capOf)).toEqual([1_500, null, null, null, null, null]));
});

it("a name keeps its colour, and neighbours differ", () => {
  expect(learnNames("w\nmember", ["Ana", "", "Ben", "Ana"])).toBe(true);
  const [ana, ben] = ["Ana", "Ben"].map((name) => namesPalette("w\nmember").all()[name]);
  expect(learnNames("w\nmember", ["Ben", "Ana"])).toBe(false);
  expect(learnNames("w\nmember", Array.from({ length: 12 }, (_, i) => `name ${i}`))).toBe(true);
  const all = namesPalette("w\nmember").all();
  expect([all["Ana"], all["Ben"]]).toEqual([ana, ben]);
  expect(new Set(["Ana", "Ben", ...Array.from({ length: 12 }, (_, i) => `name ${i}`)].map((name) => all[name])).size).toBe(14);
  expect(namesPalette("other\nmember").all()["Ana"]).toBeUndefined();
});
