import type { Banner, WorkspaceSummary } from "$lib/backend/types";
import { count } from "$lib/format";
import { text } from "$lib/text";
import { instantWords } from "./instant";
import type { IconName, Tone } from "./tone";

/** A live warning: what is the matter, what it means, and the one best thing to do. */
export type BannerWords = { title: string; body: string; icon: IconName; tone: Tone };

/** The words of a live warning. */
export function bannerWords(banner: Banner, workspace: WorkspaceSummary, now: number, zone = workspace.timeZone): BannerWords {
  const words = text.overview.banner;
  const refresh = banner.until === null ? null : instantWords(banner.until, zone, workspace.timeZone, now);
  switch (banner.code) {
    case "low":
      return {
        title: banner.allowanceSize > 0 ? words.lowOf(count(banner.available), count(banner.allowanceSize)) : words.low(count(banner.available)),
        body: refresh === null ? words.lowOpen : words.lowUntil(refresh),
        icon: "warn",
        tone: "warn",
      };
    case "paused":
      return {
        title: refresh === null ? words.paused : words.pausedUntil(refresh),
        body: refresh === null ? words.pausedNoRefresh : words.pausedBody,
        icon: "pause",
        tone: "stop",
      };
    case "no_plan":
      return { title: words.noPlan, body: words.noPlanBody(workspace.topUpWord, workspace.provider), icon: "none", tone: "stop" };
    case "plan_excludes_ai":
      return { title: words.noAi, body: words.noAiBody(workspace.topUpWord, workspace.provider), icon: "lock", tone: "warn" };
  }
}
