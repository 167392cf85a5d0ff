import type { Notice } from "$lib/backend/types";
import { counted } from "$lib/format";
import type { IconName, Tone } from "./tone";

/** A notice as it is shown. */
export type NoticeWords = { title: string; body: string; icon: IconName; tone: Tone };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A clock that is off by less than this is right enough. */
const CLOCK_OFF = 2 * MINUTE;

/** What happened to the local copy. */
export function noticeWords({ code, message }: Notice): NoticeWords {
  switch (code) {
    case "set_aside":
      return { title: "The local copy was set aside", body: message, icon: "sync", tone: "info" };
    case "lost":
      return { title: "Entries were fetched again", body: message, icon: "sync", tone: "info" };
    case "desk_set_aside":
      return { title: "Connections and settings were set aside", body: message, icon: "warn", tone: "warn" };
  }
}

/** That this computer's clock is not the service's; nothing while that does not matter. */
export function clockWords(behindMs: number): NoticeWords | null {
  const off = Math.abs(behindMs);
  if (off < CLOCK_OFF) return null;
  return {
    title: `This computer's clock is ${bySize(off)} ${behindMs > 0 ? "behind" : "ahead of"} the service's.`,
    body: "Refresh dates and forecasts go by the service's clock.",
    icon: "clock",
    tone: "warn",
  };
}

/** A stretch of time in the largest unit that says enough. */
function bySize(ms: number): string {
  if (ms < 2 * HOUR) return counted(Math.round(ms / MINUTE), "minute");
  if (ms < 2 * DAY) return counted(Math.round(ms / HOUR), "hour");
  return counted(Math.round(ms / DAY), "day");
}
