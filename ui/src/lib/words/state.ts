import type { Position, Refusal } from "$lib/backend/types";
import { count } from "$lib/format";
import { text } from "$lib/text";
import type { IconName, Tone } from "./tone";

/** A state as it is shown: a word, a picture, a tone. */
export type StateWords = { text: string; icon: IconName; tone: Tone };

const DAY = 86_400_000;

/** The state of a workspace in a word or two. */
export function stateWords(position: Position, now: number): StateWords {
  const words = text.overview.states;
  switch (position.state) {
    case "paused":
      return { text: words.paused, icon: "pause", tone: "stop" };
    case "no_plan":
      return { text: words.noPlan, icon: "none", tone: "stop" };
    case "plan_excludes_ai":
      return { text: words.noAi, icon: "lock", tone: "info" };
    case "trial":
      return position.low ? { text: words.lowTrial(trialLeft(position, now)), icon: "warn", tone: "warn" } : { text: words.trial(trialLeft(position, now)), icon: "clock", tone: "info" };
    case "active":
      return position.low ? { text: words.low, icon: "warn", tone: "warn" } : { text: words.active, icon: "check", tone: "good" };
  }
}

function trialLeft(position: Position, now: number): string {
  const words = text.overview.states;
  if (position.trialEndsAt === null) return words.trialNoEnd;
  const left = position.trialEndsAt - now;
  if (left <= 0) return words.trialEnded;
  // Whole days, as the countdown beside it has them.
  const days = Math.floor(left / DAY);
  return days === 0 ? words.trialLastDay : words.trialLeft(count(days), days === 1);
}

/** Why a feature cannot run, so that a person knows what would change it. */
export function refusalWords(reason: Refusal | null, rate: number): string {
  const words = text.overview.refusals;
  if (reason === null) return words.unknown;
  return reason === "exhausted" ? words.exhausted(count(rate), rate === 1) : words[reason];
}

/** What the available credits are made of, in one sentence. */
export function availableWords(position: Position, topUpWord: string): string {
  const parts = text.overview.available(count(position.allowance), count(position.topUp), topUpWord);
  return position.held > 0 ? text.overview.alsoHeld(parts, count(position.held)) : parts;
}
