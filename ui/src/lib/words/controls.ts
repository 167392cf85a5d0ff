import type { Controls, ControlsPreview, FeatureControl, RunOut } from "$lib/backend/types";
import { count, day, dayRange, sameDay } from "$lib/format";
import { text } from "$lib/text";

/** What a change would do: the answer, how sure it is, and what it saves. */
export type PreviewWords = { text: string; likely: string; credits: string };

/** What a change of controls would do to the run-out date, and to what is used up to the refresh. */
export function previewWords(preview: ControlsPreview, zone: string, now: number): PreviewWords {
  const { then } = preview;
  return { text: runOutWords(preview.now, then, zone, now), likely: likely(then, zone), credits: creditsWords(preview) };
}

function runOutWords(now: RunOut, then: RunOut, zone: string, at: number): string {
  const words = text.usage.preview;
  if (then.verdict === "gone") return words.gone;
  if (then.verdict === "never") return words.nothingUses;
  const thenAt = then.verdict === "runs_out" ? then.at : null;
  const nowAt = now.verdict === "runs_out" ? now.at : null;
  if (thenAt !== null && nowAt !== null) {
    return sameDay(thenAt, nowAt, zone) ? words.lastUntilStill(day(thenAt, zone, at)) : words.lastUntilInstead(day(thenAt, zone, at), day(nowAt, zone, at));
  }
  if (thenAt !== null) return words.runsOutInstead(day(thenAt, zone, at));
  if (then.verdict !== "lasts_to_refresh") return words.unknown;
  return nowAt !== null ? words.lastsInstead(day(nowAt, zone, at)) : words.lastsEither;
}

function likely({ verdict, from, to }: RunOut, zone: string): string {
  return verdict === "runs_out" && from !== null && to !== null ? text.usage.preview.likely(dayRange(from, to, zone)) : "";
}

/** An estimate is told in two digits: more would look as if it were known. */
function creditsWords({ expectedNow, expectedThen }: ControlsPreview): string {
  const words = text.usage.preview;
  const moved = expectedThen - expectedNow;
  const rough = Number(Math.abs(moved).toPrecision(2));
  if (rough < 1) return words.asMany;
  return moved < 0 ? words.fewer(rough, count(rough)) : words.more(rough, count(rough));
}

/** The state of a feature's control in a word or two; nothing where it simply runs. */
export function controlWords({ on, cap, used, needsAutomation }: FeatureControl, { automation }: Pick<Controls, "automation">): string {
  const words = text.usage.controls;
  if (!on) return words.offShort;
  if (needsAutomation && !automation) return words.noAutomation;
  if (cap === null) return "";
  return used >= cap ? words.capReached : words.capShort(count(cap));
}

/** Whether a feature may run as its control is. */
export function controlRuns({ on, needsAutomation }: FeatureControl, { automation }: Pick<Controls, "automation">): boolean {
  return on && (automation || !needsAutomation);
}
