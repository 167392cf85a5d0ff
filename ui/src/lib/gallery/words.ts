import type { AppError, Incident } from "$lib/backend/types";

/** What the gallery shows parts with. It is for those who build the interface, so that it is not translated. */
export const words = {
  title: "Gallery",
  note: "Every token and every part, in all of their states.",
  appearance: "Appearance",
  looks: { light: "Light", dark: "Dark" },
  sections: { tokens: "Tokens", controls: "Controls", messages: "Messages", data: "Data" },
  kinds: { colour: "Colours", text: "Type", space: "Space", radius: "Radii", motion: "Motion", other: "Sizes" },
  sample: "4,318 credits left",
  usual: "Usual", primary: "Primary", plain: "Plain", disabled: "Disabled", disabledPrimary: "Primary, disabled", pressed: "Pressed", icon: "With icon", long: "A name of sixty characters that a plan or a person can have",
  one: "Day", two: "Week", three: "Month", choice: "Choice", all: "All",
  on: "on", off: "off", onMeans: "Automation", offMeans: "Reply suggestions",
  field: "Reference", wrong: "An address", wrongMeans: "An address begins with https://", locked: "Workspace id",
  combobox: { label: "Feature", hint: "Type to find a feature", nothing: "No feature has this name." },
  menu: "Split by", menuShows: "Group", popover: "Filter", popoverHas: "What stands in a popover.",
  keys: "Keys", tones: { good: "Active", info: "Trial: 6 days left", warn: "Low", stop: "Paused" },
  notice: "The local copy was set aside", noticeBody: "Everything is fetched anew from the service. Nothing is lost.", noticeDetail: "file is not a database", dismiss: "Dismiss",
  progress: "History read", unknown: "Not known yet", dialog: "Open a dialog", dialogTitle: "What a dialog is for", dialogBody: "The rest of the window waits for it.", done: "Done",
  said: "Say something", saidText: "Reading is paused", saidWrong: "Say what went wrong", saidWrongText: "The disk is full. Free some space and try again.",
  written: "The report is saved", when: "22 Nov", table: { feature: "Feature", credits: "Credits", share: "Share" },
  chart: "What is left this period", chartMeans: "Measured to today, then the likely range.", nothing: "Nothing to draw yet.", waiting: "A chart that is waited for", empty: "A chart of nothing",
  heat: "Weekdays and hours", heatMeans: "The stronger, the more was used.", sparkline: "By day",
} as const;

export const PROBLEM: AppError = { code: "unreachable", message: "The credit service does not answer.", advice: "Creditdeck tries again by itself.", detail: "connect ECONNREFUSED" };

export const INCIDENT: Incident = {
  code: "chain", entry: 48_121, since: Date.UTC(2026, 10, 21, 14, 2, 23), message: "Entry 48121 was altered: its hash does not fit its content.", advice: "Send your provider the report.",
  expected: "entry 48121", found: "entry 48123", goodEntry: 48_120,
};

/** Rows of a table: ordinary, of a long name, and as large as a number can be. */
export const ROWS = [
  { name: "Automated responses", credits: 2_482, share: 0.31 },
  { name: words.long, credits: 9_007_199_254_740_991, share: 0.001 },
  { name: "משימות אוטומטיות", credits: 0, share: 0 },
] as const;
