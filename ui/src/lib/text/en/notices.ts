import { counted } from "$lib/format";

export const notices = {
  setAside: "The local copy was set aside",
  lost: "Entries were fetched again",
  deskSetAside: "Connections and settings were set aside",
  clockBehind: (span: string) => `This computer's clock is ${span} behind the service's.`,
  clockAhead: (span: string) => `This computer's clock is ${span} ahead of the service's.`,
  clockMeans: "Refresh dates and forecasts go by the service's clock.",
  minutes: (n: number) => counted(n, "minute"),
  hours: (n: number) => counted(n, "hour"),
  days: (n: number) => counted(n, "day"),
  dismiss: "Dismiss",
  dismissThis: (title: string) => `Dismiss: ${title}`,
} as const;
