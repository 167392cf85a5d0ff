import type { Position, Refusal } from "$lib/backend/types";
import { count, counted } from "$lib/format";
import type { IconName, Tone } from "./tone";

/** A state as it is shown: a word, a picture, a tone. */
export type StateWords = { text: string; icon: IconName; tone: Tone };

/** The state of a workspace in a word or two. */
export function stateWords(position: Position, now: number): StateWords {
  switch (position.state) {
    case "paused":
      return { text: "Paused", icon: "pause", tone: "stop" };
    case "no_plan":
      return { text: "No plan", icon: "none", tone: "stop" };
    case "plan_excludes_ai":
      return { text: "AI not in this plan", icon: "lock", tone: "info" };
    case "trial":
      return position.low
        ? { text: `Low · trial: ${trialLeft(position, now)}`, icon: "warn", tone: "warn" }
        : { text: `Trial: ${trialLeft(position, now)}`, icon: "clock", tone: "info" };
    case "active":
      return position.low ? { text: "Low", icon: "warn", tone: "warn" } : { text: "Active", icon: "check", tone: "good" };
  }
}

function trialLeft(position: Position, now: number): string {
  if (position.trialEndsAt === null) return "end not known";
  const days = Math.ceil((position.trialEndsAt - now) / 86_400_000);
  if (days <= 0) return "ended";
  return days === 1 ? "last day" : `${counted(days, "day")} left`;
}

/** Why a feature cannot run, so that a person knows what would change it. */
export function refusalWords(reason: Refusal | null, rate: number): string {
  switch (reason) {
    case "exhausted":
      return `needs ${counted(rate, "credit")}`;
    case "plan_excludes_ai":
      return "AI is not in this plan";
    case "no_plan":
      return "no plan";
    case "automation_off":
      return "automation is off";
    case "feature_off":
      return "turned off";
    case "cap_reached":
      return "its cap is reached";
    case "unknown_feature":
      return "not in the catalogue";
    case null:
      return "not available";
  }
}

/** What the available credits are made of, in one sentence. */
export function availableWords(position: Position, topUpWord: string): string {
  const parts = `${count(position.allowance)} left of the allowance and ${count(position.topUp)} in ${topUpWord}`;
  return position.held > 0 ? `${parts}. ${count(position.held)} more are held for work under way.` : `${parts}.`;
}
