import type { Progress, SyncStatus } from "$lib/backend/types";
import { ago, moment, wholePercent } from "$lib/format";
import type { IconName, Tone } from "./tone";

/** How fresh the numbers are, in a line; `progress` is there while history is being read or that was paused. */
export type SyncWords = { text: string; icon: IconName; tone: Tone; progress: Progress | null };

/** The line at the foot of the sidebar. */
export function syncWords(status: SyncStatus, zone: string, now: number): SyncWords {
  const progress = status.progress !== null && status.progress.of > 0 ? status.progress : null;
  const share = progress ? ` · ${wholePercent(progress.done, progress.of)} %` : null;
  switch (status.state) {
    case "connecting":
      return { text: "Connecting…", icon: "sync", tone: "info", progress: null };
    case "catching_up":
      return { text: `${status.asOf === null ? "Reading" : "Catching up"}${share ?? "…"}`, icon: "sync", tone: "info", progress };
    case "paused":
      return { text: `Paused${share ?? ""}`, icon: "pause", tone: "info", progress };
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
    case "paused":
      return "Reading is paused. What is here stays, and newer entries come when you go on.";
    case "live":
      return "Everything that the service has recorded is here, and what comes arrives at once.";
    case "offline":
      return "The credit service cannot be reached. Everything but buying works with the data that is here.";
    case "broken":
      return "The history that was fetched does not fit together, so these numbers cannot be trusted.";
  }
}
