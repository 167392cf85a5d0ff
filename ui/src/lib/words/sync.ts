import type { Progress, SyncStatus } from "$lib/backend/types";
import { ago, moment, wholePercent } from "$lib/format";
import { text } from "$lib/text";
import type { IconName, Tone } from "./tone";

/** What is younger than this is as new as anybody asks. */
const FRESH = 60_000;

/** How fresh the numbers are, in a line; `progress` is there while history is being read or that was paused. */
export type SyncWords = { text: string; icon: IconName; tone: Tone; progress: Progress | null };

/** The line at the foot of the sidebar. */
export function syncWords(status: SyncStatus, zone: string, now: number): SyncWords {
  const line = text.sync.line;
  const progress = status.progress !== null && status.progress.of > 0 ? status.progress : null;
  const share = progress && `${wholePercent(progress.done, progress.of)} %`;
  switch (status.state) {
    case "connecting":
      return { text: line.connecting, icon: "sync", tone: "info", progress: null };
    case "catching_up":
      return { text: status.asOf === null ? line.reading(share) : line.catchingUp(share), icon: "sync", tone: "info", progress };
    case "paused":
      return { text: line.paused(share), icon: "pause", tone: "info", progress };
    case "live":
      return { text: line.live(status.asOf === null || now - status.asOf < FRESH ? null : ago(now - status.asOf)), icon: "check", tone: "good", progress: null };
    case "offline":
      return { text: line.offline(status.asOf === null ? null : moment(status.asOf, zone, now)), icon: "offline", tone: "warn", progress: null };
    case "broken":
      return { text: line.broken, icon: "broken", tone: "stop", progress: null };
  }
}

/** What a sync state means for the person, when the service gave no error of its own. */
export function syncMeaning({ state }: SyncStatus): string {
  return text.sync.means[state];
}
