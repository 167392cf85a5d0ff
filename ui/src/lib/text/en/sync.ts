import { counted } from "$lib/format";

const entries = (n: number) => counted(n, "entry", "entries");

export const sync = {
  line: {
    connecting: "Connecting…",
    reading: (share: string | null) => (share === null ? "Reading…" : `Reading · ${share}`),
    catchingUp: (share: string | null) => (share === null ? "Catching up…" : `Catching up · ${share}`),
    paused: (share: string | null) => (share === null ? "Paused" : `Paused · ${share}`),
    live: (ago: string | null) => (ago === null ? "Up to date" : `Up to date · ${ago}`),
    offline: (since: string | null) => (since === null ? "Offline · no data yet" : `Offline · data from ${since}`),
    broken: "Broken history",
  },
  means: {
    connecting: "Creditdeck is reaching the credit service. Numbers appear as soon as it answers.",
    catching_up: "Earlier entries are being fetched and checked. Numbers are complete when this is done.",
    paused: "Reading is paused. What is here stays, and newer entries come when you go on.",
    live: "Everything that the service has recorded is here, and what comes arrives at once.",
    offline: "The credit service cannot be reached. Everything but buying works with the data that is here.",
    broken: "The history that was fetched does not fit together, so these numbers cannot be trusted.",
  },
  actions: { pause: "Pause", goOn: "Go on", retry: "Try now" },
  fetched: "History fetched",
  read: "History read",
  checked: "Each entry's hash and price is checked as it comes.",
  agrees: "Agrees with the service up to",
  first: {
    title: "Reading this workspace's history",
    titlePaused: "Reading this workspace's history is paused",
    body: (workspace: string) => `${workspace} is read from its first entry on, this one time. Its credits appear here once all of it has come.`,
    bodyPaused: (workspace: string) => `What has been read of ${workspace} is kept. Its credits appear here once you go on and all of it has come.`,
  },

  entries,
  entriesDone: (done: string) => `${done} entries`,
  done: (done: string, of: string) => `${done} of ${of}`,
  speed: (perSecond: string) => `${perSecond} a second`,
  left: {
    seconds: (n: number) => `about ${counted(n, "second")} left`,
    minutes: (n: number) => `about ${counted(n, "minute")} left`,
    hours: (n: number) => `about ${counted(n, "hour")} left`,
  },

  verified: {
    all: "Verified",
    allOf: (n: number) => `Verified, ${entries(n)}`,
    allMeans: "Every entry follows from the one before it and from the metering rules, and the balance is the service's.",
    upTo: (entry: string) => `Verified up to entry ${entry}`,
    upToMeans: "Every entry up to there follows from the one before it and from the metering rules, and the balance there is the service's.",
  },
  verdict: {
    right: (n: number) => (n === 1 ? "The only entry is right." : `All ${entries(n)} are right.`),
    wrong: (things: number, n: number) => `${wrongThings(things)} wrong in ${entries(n)}.`,
    wrongSoFar: (things: number, n: number) => `${wrongThings(things)} wrong in the first ${entries(n)}.`,
    stopped: (n: number) => `Stopped. Nothing is wrong with the first ${entries(n)}; those after were not looked at.`,
    stoppedAtOnce: "Stopped before the first entry.",
  },
} as const;

function wrongThings(n: number): string {
  return n > 0 ? counted(n, "thing is", "things are") : "Something is";
}
