import { describe, expect, it } from "vitest";
import type { Progress, RunOut, SyncState, SyncStatus, Verification } from "$lib/backend/types";
import { clockWords, noticeWords } from "./notice";
import { doneWords, leftWords, speedWords } from "./progress";
import { packLastsWords, runOutWords } from "./runOut";
import { syncMeaning, syncWords } from "./sync";
import { verificationWords, verifiedWords } from "./verification";

const NOW = Date.parse("2026-11-22T14:02:23Z");
const DAY = 86_400_000;
const runOut = (verdict: RunOut["verdict"], at: number | null = null, from: number | null = null, to: number | null = null): RunOut => ({ verdict, at, from, to });
const said = (r: RunOut) => {
  const { text, likely } = runOutWords("allowance", r, "UTC", NOW);
  return `${text} | ${likely}`;
};

describe("run-out", () => {
  it("gives a day and its likely range", () => expect(said(runOut("runs_out", NOW + 2 * DAY, NOW + DAY, NOW + 3 * DAY))).toBe("Tue 24 Nov | likely 23 – 25 Nov"));
  it("leaves the range open beyond the refresh", () => expect(said(runOut("runs_out", NOW + 7 * DAY, NOW + 5 * DAY))).toBe("Sun 29 Nov | likely 27 Nov – after refresh"));
  it("names the refresh when it lasts that long", () => expect(said(runOut("lasts_to_refresh"))).toBe("The refresh | at this pace"));
  it("says the worst case when that comes before the refresh", () => expect(said(runOut("lasts_to_refresh", null, NOW + 5 * DAY))).toBe("The refresh | at worst Fri 27 Nov"));
  it("says used up", () => expect(said(runOut("gone"))).toBe("Used up | nothing is left"));
  it("names the end of a trial, which nothing refreshes", () => expect(runOutWords("allowance", runOut("lasts_to_refresh"), "UTC", NOW, true).text).toBe("The trial's end"));
  it("does not say of packs that were never bought that they are used up", () => expect(runOutWords("top-ups", runOut("gone"), "UTC", NOW).text).toBe("None left"));
  it("says when nothing is being used", () => expect(said(runOut("never"))).toBe("No end in sight | nothing is using them"));
  it("admits that it does not know", () => expect(said(runOut("unknown"))).toBe("– | too little history to say"));
  it("never turns a missing date into one", () => expect(said(runOut("runs_out"))).toBe("– | no date is known"));
  it("says on a pack how far it reaches", () => {
    expect(packLastsWords(runOut("runs_out", NOW + 6 * DAY), false, "UTC", NOW)).toBe("Lasts until Sat 28 Nov at this pace");
    expect(packLastsWords(runOut("runs_out", NOW + 20 * DAY), true, "UTC", NOW)).toBe("Lasts past the refresh at this pace");
    expect(packLastsWords(runOut("unknown"), false, "UTC", NOW)).toBe("Too little history to say how long it lasts");
  });
});

const status = (s: Partial<SyncStatus>): SyncStatus => ({
  workspace: "w", state: "live", asOf: NOW - 12_000, entries: 9_000, progress: null, verified: null, incident: null, notices: [], clockBehindMs: 0, error: null, ...s,
});
const progress: Progress = { done: 12_000, of: 100_000, perSecond: 4_000, leftMs: 22_000 };

describe("sync", () => {
  it.each([
    [status({}), "Up to date"],
    [status({ state: "catching_up", progress }), "Catching up · 12 %"],
    [status({ state: "catching_up", progress, asOf: null }), "Reading · 12 %"],
    [status({ state: "catching_up", progress: { ...progress, done: 99_999 } }), "Catching up · 99 %"],
    [status({ state: "catching_up" }), "Catching up…"],
    [status({ state: "catching_up", progress: { ...progress, done: 0, of: 0 } }), "Catching up…"],
    [status({ state: "paused", progress }), "Paused · 12 %"],
    [status({ state: "paused" }), "Paused"],
    [status({ state: "offline", asOf: Date.parse("2026-11-17T14:02:00Z") }), "Offline · data from Tue 14:02"],
    [status({ state: "offline", asOf: null }), "Offline · no data yet"],
    [status({ state: "broken" }), "Broken history"],
    [status({ state: "connecting", asOf: null }), "Connecting…"],
  ])("%#: a line with its age", (s, text) => expect(syncWords(s, "UTC", NOW).text).toBe(text));
  it("knows how far it is, while that is known", () => {
    expect(syncWords(status({ state: "catching_up", progress }), "UTC", NOW).progress).toBe(progress);
    expect(syncWords(status({ state: "paused", progress: { ...progress, of: 0 } }), "UTC", NOW).progress).toBeNull();
    expect(syncWords(status({ progress }), "UTC", NOW).progress).toBeNull();
  });
  it.each<[SyncState, RegExp]>([["live", /^Everything/], ["paused", /go on\.$/], ["catching_up", /fetched and checked/]])("says what %s means", (state, meaning) => expect(syncMeaning(status({ state }))).toMatch(meaning));
});

describe("progress", () => {
  it("counts", () => expect(doneWords({ done: 3_412_000, of: 10_000_000 })).toBe("3,412,000 of 10,000,000"));
  it.each([
    [412_000, "412,000 a second"],
    [412_345, "412,000 a second"],
    [87, "87 a second"],
    [1, "1 a second"],
    [0, ""],
    [null, ""],
  ])("speed %s: %s", (perSecond, text) => expect(speedWords(perSecond)).toBe(text));
  it.each([
    [0, "about 1 second left"],
    [1_499, "about 1 second left"],
    [15_990, "about 16 seconds left"],
    [59_499, "about 59 seconds left"],
    [59_500, "about 1 minute left"],
    [178_000, "about 3 minutes left"],
    [59.4 * 60_000, "about 59 minutes left"],
    [59.6 * 60_000, "about 1 hour left"],
    [2.4 * 3_600_000, "about 2 hours left"],
    [null, ""],
  ])("%s ms: %s", (ms, text) => expect(leftWords(ms)).toBe(text));
});

describe("verified", () => {
  const at = NOW - 60_000;
  it("says nothing before the service and the rules ever agreed", () => expect(verifiedWords(status({}))).toBeNull());
  it("is a word, with its number when asked", () => {
    const words = verifiedWords(status({ entries: 1_204_331, verified: { entries: 1_204_331, at } }));
    expect([words?.short, words?.full]).toEqual(["Verified", "Verified, 1,204,331 entries"]);
    expect(words?.meaning).toBe("Every entry follows from the one before it and from the metering rules, and the balance is the service's.");
  });
  it("names the entry that it reaches once others came", () => {
    const words = verifiedWords(status({ entries: 1_204_340, verified: { entries: 1_204_331, at } }));
    expect([words?.short, words?.full]).toEqual(["Verified up to entry 1,204,331", "Verified up to entry 1,204,331"]);
    expect(words?.meaning).toContain("up to there");
  });
});

describe("verifying", () => {
  const found = (v: Partial<Verification>) => verificationWords({ entries: 10_000_000, right: false, stopped: false, findings: [], more: 0, ...v });
  it.each<[Partial<Verification>, string, string]>([
    [{ right: true }, "right", "All 10,000,000 entries are right."],
    [{ right: true, entries: 1 }, "right", "The only entry is right."],
    [{ findings: ["a", "b"], more: 3 }, "wrong", "5 things are wrong in 10,000,000 entries."],
    [{ findings: ["a"] }, "wrong", "1 thing is wrong in 10,000,000 entries."],
    [{ findings: ["a"], stopped: true, entries: 9 }, "wrong", "1 thing is wrong in the first 9 entries."],
    [{ stopped: true, entries: 9 }, "stopped", "Stopped. Nothing is wrong with the first 9 entries; those after were not looked at."],
    [{ stopped: true, entries: 0 }, "stopped", "Stopped before the first entry."],
    // What is not called right is never said to be.
    [{}, "wrong", "Something is wrong in 10,000,000 entries."],
  ])("%#: says what it came to", (v, verdict, text) => expect(found(v)).toEqual({ verdict, text }));
});

describe("notices", () => {
  const MINUTE = 60_000;
  it("keep the app's words", () => expect(noticeWords({ code: "lost", message: "12 were gone.", detail: "d" })).toMatchObject({ title: "Entries were fetched again", body: "12 were gone.", tone: "info" }));
  it.each([
    [3 * DAY, "3 days behind the service's."],
    [-3 * DAY, "3 days ahead of the service's."],
    [2 * MINUTE, "2 minutes behind the service's."],
    [-119 * MINUTE, "119 minutes ahead of the service's."],
    [2 * 60 * MINUTE, "2 hours behind the service's."],
    [47 * 60 * MINUTE, "47 hours behind the service's."],
  ])("a clock off by %s ms is %s", (ms, text) => expect(clockWords(ms)?.title).toBe(`This computer's clock is ${text}`));
  it.each([0, 119_999, -119_999])("a clock off by %s ms is right enough", (ms) => expect(clockWords(ms)).toBeNull());
});
