import { describe, expect, it } from "vitest";
import type { ControlsPreview, FeatureControl, RunOut } from "$lib/backend/types";
import { controlRuns, controlWords, previewWords } from "./controls";

const NOW = Date.UTC(2026, 10, 22, 14);
const out = (day: number): RunOut => ({ verdict: "runs_out", at: Date.UTC(2026, 10, day, 9), from: Date.UTC(2026, 10, day - 1), to: Date.UTC(2026, 10, day + 2) });
const is = (verdict: RunOut["verdict"]): RunOut => ({ verdict, at: null, from: null, to: null });
const said = (now: RunOut, then: RunOut, expected: Partial<ControlsPreview> = {}) => previewWords({ now, then, expectedNow: 1_000, expectedThen: 1_000, ...expected }, "UTC", NOW);

describe("what a change would do", () => {
  it.each<[RunOut, RunOut, string]>([
    [out(24), out(29), "Credits then last until Sun 29 Nov instead of Tue 24 Nov."],
    [out(24), out(24), "Credits still last until Tue 24 Nov."],
    [out(24), is("lasts_to_refresh"), "Credits then last to the refresh instead of running out on Tue 24 Nov."],
    [is("lasts_to_refresh"), out(28), "Credits then run out on Sat 28 Nov, before the refresh."],
    [is("lasts_to_refresh"), is("lasts_to_refresh"), "Credits last to the refresh either way."],
    [out(24), is("never"), "Nothing uses credits then."],
    [is("gone"), is("gone"), "No credits are left now; the change counts once there are new ones."],
    [is("unknown"), is("unknown"), "There is too little history to say what this does to the run-out date."],
    [is("lasts_to_refresh"), { ...is("runs_out") }, "There is too little history to say what this does to the run-out date."],
  ])("%#", (now, then, words) => expect(said(now, then).text).toBe(words));

  it("looks like the estimate that it is", () => {
    expect(said(out(24), out(29)).likely).toBe("Likely 28 Nov – 1 Dec.");
    expect(said(out(24), is("lasts_to_refresh")).likely).toBe("");
    expect(said(out(24), out(29), { expectedThen: 512 }).credits).toBe("About 490 credits fewer up to the refresh.");
    expect(said(out(24), out(29), { expectedThen: 1_001 }).credits).toBe("About 1 credit more up to the refresh.");
    expect(said(out(24), out(29)).credits).toBe("About as many credits are used up to the refresh as before.");
  });
});

describe("how a feature may be used", () => {
  const control = (c: Partial<FeatureControl>): FeatureControl => ({ feature: "draft", name: "Drafts", group: "replies", on: true, cap: null, used: 20, needsAutomation: false, since: null, ...c });
  it.each<[Partial<FeatureControl>, boolean, string, boolean]>([
    [{}, true, "", true],
    [{ on: false, cap: 5 }, true, "off", false],
    [{ needsAutomation: true }, false, "automation off", false],
    [{ needsAutomation: true, on: false }, false, "off", false],
    [{}, false, "", true],
    [{ cap: 1_500 }, true, "cap 1,500", true],
    [{ cap: 20 }, true, "cap reached", true],
  ])("%j, automation %s", (c, automation, words, runs) => {
    expect(controlWords(control(c), { automation })).toBe(words);
    expect(controlRuns(control(c), { automation })).toBe(runs);
  });
});
