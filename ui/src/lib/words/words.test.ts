import { describe, expect, it } from "vitest";
import type { RunOut, SyncStatus } from "$lib/backend/types";
import { packLastsWords, runOutWords } from "./runOut";
import { syncWords } from "./sync";

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

describe("sync", () => {
  const status = (s: Partial<SyncStatus>): SyncStatus => ({ workspace: "w", state: "live", asOf: NOW - 12_000, done: null, of: null, error: null, ...s });
  it.each([
    [status({}), "Up to date · 12 s ago"],
    [status({ state: "catching_up", done: 12_000, of: 100_000 }), "Catching up 12,000 of 100,000"],
    [status({ state: "catching_up" }), "Catching up…"],
    [status({ state: "offline", asOf: Date.parse("2026-11-17T14:02:00Z") }), "Offline · data from Tue 14:02"],
    [status({ state: "offline", asOf: null }), "Offline · no data yet"],
    [status({ state: "broken" }), "Broken history"],
    [status({ state: "connecting", asOf: null }), "Connecting…"],
  ])("%#: a line with its age", (s, text) => expect(syncWords(s, "UTC", NOW).text).toBe(text));
  it("knows how far it is", () => expect(syncWords(status({ state: "catching_up", done: 12_000, of: 100_000 }), "UTC", NOW).progress).toBe(0.12));
});
