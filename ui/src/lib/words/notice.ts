import type { Notice } from "$lib/backend/types";
import { text } from "$lib/text";
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
      return { title: text.notices.setAside, body: message, icon: "sync", tone: "info" };
    case "lost":
      return { title: text.notices.lost, body: message, icon: "sync", tone: "info" };
    case "desk_set_aside":
      return { title: text.notices.deskSetAside, body: message, icon: "warn", tone: "warn" };
  }
}

/** That this computer's clock is not the service's; nothing while that does not matter. */
export function clockWords(behindMs: number): NoticeWords | null {
  const off = Math.abs(behindMs);
  if (off < CLOCK_OFF) return null;
  return {
    title: behindMs > 0 ? text.notices.clockBehind(bySize(off)) : text.notices.clockAhead(bySize(off)),
    body: text.notices.clockMeans,
    icon: "clock",
    tone: "warn",
  };
}

/** A stretch of time in the largest unit that says enough. */
function bySize(ms: number): string {
  if (ms < 2 * HOUR) return text.notices.minutes(Math.round(ms / MINUTE));
  if (ms < 2 * DAY) return text.notices.hours(Math.round(ms / HOUR));
  return text.notices.days(Math.round(ms / DAY));
}
