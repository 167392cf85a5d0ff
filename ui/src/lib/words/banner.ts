import type { Banner, WorkspaceSummary } from "$lib/backend/types";
import { count, day, timeOfDay, zoneName } from "$lib/format";
import type { IconName, Tone } from "./tone";

/** A live warning: what is the matter, what it means, and the one best thing to do. */
export type BannerWords = { title: string; body: string; icon: IconName; tone: Tone };

/** The words of a live warning. */
export function bannerWords(banner: Banner, workspace: WorkspaceSummary, now: number): BannerWords {
  const zone = workspace.timeZone;
  const refresh = banner.until === null ? null : `${day(banner.until, zone, now)}, ${timeOfDay(banner.until, zone)} ${zoneName(banner.until, zone)}`;
  switch (banner.code) {
    case "low": {
      const of = banner.allowanceSize > 0 ? ` of ${count(banner.allowanceSize)}` : "";
      return {
        title: `Credits are low: ${count(banner.available)}${of} left`,
        body: refresh ? `The next refresh is on ${refresh}. AI pauses if the credits run out before.` : "AI pauses when they run out.",
        icon: "warn",
        tone: "warn",
      };
    }
    case "paused":
      return {
        title: refresh ? `AI is paused until ${refresh}` : "AI is paused: the credits are used up",
        body: `Nothing that needs credits runs until the refresh or until you top up. Everything else goes on.`,
        icon: "pause",
        tone: "stop",
      };
    case "no_plan":
      return {
        title: "This workspace has no plan",
        body: `AI does not run, and what is left of your ${workspace.topUpWord} is kept. Choose a plan with ${workspace.provider} to go on.`,
        icon: "none",
        tone: "stop",
      };
    case "plan_excludes_ai":
      return {
        title: "AI is not in this plan",
        body: `What is left of your ${workspace.topUpWord} is kept until a plan includes AI. Change the plan with ${workspace.provider} to use it.`,
        icon: "lock",
        tone: "warn",
      };
  }
}
