import { counted } from "$lib/format";

export const topup = {
  lead: (packs: string) => `${packs} add to what the plan gives and are used after the allowance.`,
  paying: "Paying happens in your browser.",
  payingSample: "Paying happens in your browser; this is a sample, so no money moves.",
  offline: "Buying needs the credit service, which does not answer now.",
  noPacks: (provider: string) => `${provider} sells no packs for this workspace.`,

  pack: {
    recommended: "Recommended",
    credits: "credits",
    perCredit: (price: string) => `${price} a credit`,
    assumed: "size and price set by your provider",
    about: (actions: readonly string[]) => `About ${actions.join(" or ")} at your mix`,
    /** The name is set apart: one that is written from the right would take the number along. */
    action: (n: string, name: string) => `${n} \u2068${name}\u2069`,
    neverExpires: "Never expires",
    expires: (days: number) => `Expires ${counted(days, "day")} after purchase`,
    buy: (price: string) => `Buy for ${price}`,
    buyMeans: "Opens your browser to pay",
    buyMore: (name: string) => `: ${name}, opens your browser`,
  },

  purchases: "Purchases",
  nothingBought: "Nothing bought yet. A purchase is followed here from its start until its credits have arrived.",
  bought: (credits: string, price: string) => `${credits} credits · ${price}`,
  left: (credits: string) => `${credits} left`,
  resume: "Resume",
  resumeThis: (name: string) => `Resume the purchase of ${name}`,
  cancel: "Cancel",
  cancelThis: (name: string) => `Cancel the purchase of ${name}`,
  stepDone: " (done)",
  states: {
    created: "Created",
    waiting: "Waiting for payment",
    processing: "Processing",
    credited: "Credited",
    cancelled: "Cancelled",
    failed: "Failed",
    expired: "Expired",
  },

  blocked: {
    noPlan: (packs: string) => `${packs} need a plan`,
    noPlanMeans: (provider: string) => `Credits can be bought once the workspace has a plan that includes AI. Choose one with ${provider}.`,
    excluded: (plan: string | null) => (plan === null ? "The plan does not include AI" : `The plan ${plan} does not include AI`),
    excludedMeans: (provider: string) => `Credits bought now could not be used, so none are sold. Change to a plan with AI with ${provider}; what you have already is kept.`,
    role: "Only owners and admins can buy credits",
    roleMeans: (role: string, workspace: string) =>
      role === "" ? `You are not one of them. Ask an owner or an admin of ${workspace} to top up.` : `You are here as ${role}. Ask an owner or an admin of ${workspace} to top up.`,
  },
} as const;
