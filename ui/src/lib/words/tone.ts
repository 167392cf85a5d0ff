/** How a state feels; always shown together with an icon and a word. */
export type Tone = "good" | "info" | "warn" | "stop";

/** The pictures that the interface knows. */
export type IconName =
  | "overview" | "usage" | "ledger" | "topUp" | "settings"
  | "check" | "verified" | "warn" | "pause" | "play" | "stop" | "clock" | "none" | "lock"
  | "chevron" | "external" | "table" | "chart" | "copy" | "save" | "folder" | "offline" | "broken" | "sync" | "cross" | "star" | "up" | "down" | "filter" | "search" | "keys" | "workspace" | "look" | "locale" | "calendar";
