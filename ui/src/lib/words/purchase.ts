import type { PurchaseState, TopUpView, WorkspaceSummary } from "$lib/backend/types";
import type { IconName, Tone } from "./tone";

/** The steps of a purchase that goes well, in order. */
export const STEPS = ["created", "waiting", "processing", "credited"] as const satisfies readonly PurchaseState[];

const WORDS: Record<PurchaseState, { text: string; icon: IconName; tone: Tone }> = {
  created: { text: "Created", icon: "clock", tone: "info" },
  waiting: { text: "Waiting for payment", icon: "clock", tone: "info" },
  processing: { text: "Processing", icon: "sync", tone: "info" },
  credited: { text: "Credited", icon: "check", tone: "good" },
  cancelled: { text: "Cancelled", icon: "cross", tone: "info" },
  failed: { text: "Failed", icon: "warn", tone: "stop" },
  expired: { text: "Expired", icon: "clock", tone: "warn" },
};

/** A purchase's state in a word. */
export function purchaseWords(state: PurchaseState): { text: string; icon: IconName; tone: Tone } {
  return WORDS[state];
}

/** Whether a purchase is still on its way. */
export function underWay(state: PurchaseState): boolean {
  return state === "created" || state === "waiting" || state === "processing";
}

/** Why packs cannot be bought now: what is the matter and what to do. */
export function blockedWords(blocked: NonNullable<TopUpView["blocked"]>, workspace: WorkspaceSummary): { title: string; body: string } {
  switch (blocked.code) {
    case "no_plan":
      return {
        title: `${workspace.topUpWord} need a plan`,
        body: `Credits can be bought once the workspace has a plan that includes AI. Choose one with ${workspace.provider}.`,
      };
    case "plan_excludes_ai":
      return {
        title: `The plan${workspace.plan ? ` ${workspace.plan}` : ""} does not include AI`,
        body: `Credits bought now could not be used, so none are sold. Change to a plan with AI with ${workspace.provider}; what you have already is kept.`,
      };
    case "role":
      return {
        title: "Only owners and admins can buy credits",
        body: `You are ${workspace.role === "" ? "not one of them" : `here as ${workspace.role}`}. Ask an owner or an admin of ${workspace.name} to top up.`,
      };
  }
}
