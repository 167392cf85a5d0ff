import type { SyncStatus } from "$lib/backend/types";
import { ago, count, moment } from "$lib/format";
import type { IconName, Tone } from "./tone";

/** How fresh the numbers are, in a line; `progress` is a share of 1 while history is being fetched. */
export type SyncWords = { text: string; icon: IconName; tone: Tone; progress: number | null };

/** The line at the foot of the sidebar. */
export function syncWords(status: SyncStatus, zone: string, now: number): SyncWords {
  switch (status.state) {
    case "connecting":
      return { text: "Connecting…", icon: "sync", tone: "info", progress: null };
    case "catching_up": {
      const known = status.done !== null && status.of !== null && status.of > 0;
      return {
        text: known ? `Catching up ${count(status.done)} of ${count(status.of)}` : "Catching up…",
        icon: "sync",
        tone: "info",
        progress: known ? Math.min(1, status.done! / status.of!) : null,
      };
    }
    case "live":
      return { text: status.asOf === null ? "Up to date" : `Up to date · ${ago(now - status.asOf)}`, icon: "check", tone: "good", progress: null };
    case "offline":
      return { text: status.asOf === null ? "Offline · no data yet" : `Offline · data from ${moment(status.asOf, zone, now)}`, icon: "offline", tone: "warn", progress: null };
    case "broken":
      return { text: "Broken history", icon: "broken", tone: "stop", progress: null };
  }
}

/** What a sync state means for the person, when the service gave no error of its own. */
export function syncMeaning(status: SyncStatus): string {
  switch (status.state) {
    case "connecting":
      return "Creditdeck is reaching the credit service. Numbers appear as soon as it answers.";
    case "catching_up":
      return "Earlier entries are being fetched and checked. Numbers are complete when this is done.";
    case "live":
      return "Every entry has been fetched, and the rules agree with each of them.";
    case "offline":
      return "The credit service cannot be reached. Everything but buying works with the data that is here.";
    case "broken":
      return "The history that was fetched does not fit together, so these numbers cannot be trusted.";
  }
}
