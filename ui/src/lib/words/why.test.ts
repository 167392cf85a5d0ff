import { describe, expect, it } from "vitest";
import type { Cause, Why } from "$lib/backend/types";
import { whyWords } from "./why";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-22T14:02:23Z");
const range = { start: Date.parse("2026-11-01T00:00:00Z"), end: NOW };
const previous = { start: Date.parse("2026-10-01T00:00:00Z"), end: Date.parse("2026-10-22T14:02:23Z") };
const SINCE = Date.parse("2026-11-12T00:00:00Z");

const why = (w: Partial<Why>): Why => ({ range, previous, credits: 5_647, before: 4_280, causes: [], ...w });
const cause = (c: Partial<Cause>): Cause => ({ of: "feature", key: "automated-response", name: "Automated responses", group: "replies", credits: 1_800, before: 925, part: 0.64, since: null, times: null, ...c });
const said = (w: Partial<Why>) => whyWords(why(w), "UTC", NOW);
const part = (c: Partial<Cause>, w: Partial<Why> = {}) => said({ ...w, causes: [cause(c)] }).parts[0]?.text;

describe("what happened", () => {
  it.each<[Partial<Why>, string, string]>([
    [{ causes: [cause({})] }, "Why so fast?", "32 % more than in 1 – 22 Oct: 5,647 credits instead of 4,280."],
    [{}, "Why so fast?", "32 % more than in 1 – 22 Oct: 5,647 credits instead of 4,280. No single cause stands out."],
    [{ credits: 14_980, causes: [cause({})] }, "Why so fast?", "3.5 times as much as in 1 – 22 Oct: 14,980 credits instead of 4,280."],
    [{ credits: 2_140, causes: [cause({})] }, "Why slower?", "50 % less than in 1 – 22 Oct: 2,140 credits instead of 4,280."],
    [{ credits: 0 }, "Why slower?", "Nothing yet; it was 4,280 credits in 1 – 22 Oct."],
    [{ credits: 4_300 }, "At the usual pace", "About as much as in 1 – 22 Oct: 4,300 credits, and 4,280 then."],
    [{ before: 0 }, "Why so fast?", "5,647 credits, and none at all in 1 – 22 Oct."],
    [{ credits: 0, before: 0 }, "At the usual pace", "Nothing was used, now or before."],
    [{ previous: null, before: 0, causes: [cause({})] }, "Is that fast?", "There are no earlier days to compare with yet."],
  ])("%#", (w, title, lead) => expect(said(w)).toMatchObject({ title, lead }));

  it.each<[Partial<Why>, string]>([
    [{ causes: [cause({})] }, "32 % more than in 1 – 22 Oct."],
    [{ credits: 14_980 }, "3.5 times as much as in 1 – 22 Oct. No single cause stands out."],
    [{ credits: 2_140, causes: [cause({})] }, "50 % less than in 1 – 22 Oct."],
    [{ credits: 4_300 }, "About as much as in 1 – 22 Oct."],
    [{ before: 0 }, "5,647 credits, and none at all in 1 – 22 Oct."],
    [{ previous: null }, "There are no earlier days to compare with yet."],
  ])("in short, %#", (w, short) => expect(said(w).short).toBe(short));

  it("gives no causes where there is nothing to compare with", () => expect(said({ previous: null, causes: [cause({})] }).parts).toEqual([]));
});

describe("what explains it", () => {
  it.each<[Partial<Cause>, string]>([
    [{}, "64 % of the rise is automated responses."],
    [{ since: SINCE, times: 2.04 }, "64 % of the rise is automated responses: twice as much a day since Thu 12 Nov."],
    [{ since: SINCE, times: 3.1 }, "64 % of the rise is automated responses: three times as much a day since Thu 12 Nov."],
    [{ since: SINCE, times: 4.62 }, "64 % of the rise is automated responses: 4.6 times as much a day since Thu 12 Nov."],
    [{ since: SINCE, times: 1.3 }, "64 % of the rise is automated responses: 30 % more a day since Thu 12 Nov."],
    [{ since: SINCE, times: null, before: 0 }, "64 % of the rise is automated responses: new since Thu 12 Nov."],
    [{ before: 0 }, "64 % of the rise is automated responses: not used before."],
    [{ name: "AI replies" }, "64 % of the rise is AI replies."],
    [{ of: "member", name: "Ana" }, "64 % of the rise came from Ana."],
    [{ of: "channel", name: "chat" }, "64 % of the rise came through chat."],
    [{ of: "source", name: "helpdesk" }, "64 % of the rise was reported by helpdesk."],
    [{ part: 1.3 }, "Automated responses: 875 credits more, which is more than the whole rise."],
    [{ part: -0.2, credits: 100, before: 400 }, "Against that, automated responses: 300 credits less."],
    [{ of: "member", name: "עדי" }, "64 % of the rise came from \u2068עדי\u2069."],
  ])("a rise, %#", (c, words) => expect(part(c)).toBe(words));

  it.each<[Partial<Cause>, string]>([
    [{ since: SINCE, times: 0.5 }, "64 % of the fall is automated responses: half as much a day since Thu 12 Nov."],
    [{ since: SINCE, times: 0.7 }, "64 % of the fall is automated responses: 30 % less a day since Thu 12 Nov."],
    [{ since: SINCE, times: 0, credits: 0 }, "64 % of the fall is automated responses: none since Thu 12 Nov."],
    [{ credits: 0 }, "64 % of the fall is automated responses: not used any more."],
    [{ of: "channel", name: "chat" }, "64 % of the fall is less work through chat."],
    [{ part: 1.4, credits: 100, before: 3_000 }, "Automated responses: 2,900 credits less, which is more than the whole fall."],
    [{ part: -0.2 }, "Against that, automated responses: 875 credits more."],
  ])("a fall, %#", (c, words) => expect(part(c, { credits: 2_000 })).toBe(words));

  it("tells what moved though everything together did not", () => expect(part({ part: 40 }, { credits: 4_290 })).toBe("Automated responses: 875 credits more."));
  it("keeps the cause, so that a link can lead to it", () => expect(said({ causes: [cause({})] }).parts[0]?.cause?.key).toBe("automated-response"));
  it("names the year of a day that is not of this one", () => expect(part({ since: SINCE - 365 * DAY, times: 2 })).toContain("since Wed 12 Nov 2025"));
});
