import type { PurchaseState, TopUpView, WorkspaceSummary } from "$lib/backend/types";
import { text } from "$lib/text";
import type { IconName, Tone } from "./tone";

/** The steps of a purchase that goes well, in order. */
export const STEPS = ["created", "waiting", "processing", "credited"] as const satisfies readonly PurchaseState[];

const LOOKS: Record<PurchaseState, { icon: IconName; tone: Tone }> = {
  created: { icon: "clock", tone: "info" },
  waiting: { icon: "clock", tone: "info" },
  processing: { icon: "sync", tone: "info" },
  credited: { icon: "check", tone: "good" },
  cancelled: { icon: "cross", tone: "info" },
  failed: { icon: "warn", tone: "stop" },
  expired: { icon: "clock", tone: "warn" },
};

/** A purchase's state in a word. */
export function purchaseWords(state: PurchaseState): { text: string; icon: IconName; tone: Tone } {
  return { text: text.topup.states[state], ...LOOKS[state] };
}

/** Whether a purchase is still on its way. */
export function underWay(state: PurchaseState): boolean {
  return state === "created" || state === "waiting" || state === "processing";
}

/** Why packs cannot be bought now: what is the matter and what to do. */
export function blockedWords(blocked: NonNullable<TopUpView["blocked"]>, workspace: WorkspaceSummary): { title: string; body: string } {
  const words = text.topup.blocked;
  switch (blocked.code) {
    case "no_plan":
      return { title: words.noPlan(workspace.topUpWord), body: words.noPlanMeans(workspace.provider) };
    case "plan_excludes_ai":
      return { title: words.excluded(workspace.plan), body: words.excludedMeans(workspace.provider) };
    case "role":
      return { title: words.role, body: words.roleMeans(workspace.role, workspace.name) };
  }
}
