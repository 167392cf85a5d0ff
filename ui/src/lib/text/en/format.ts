/** Units and words that numbers and times are put together with. */
export const format = {
  /** A change from nothing. */
  fresh: "new",
  megabytes: (size: string) => `${size} MB`,
  days: (d: number, h: number) => (h > 0 ? `${d} d ${h} h` : `${d} d`),
  hours: (h: number, min: number) => (min > 0 ? `${h} h ${min} min` : `${h} h`),
  minutes: (min: number) => `${min} min`,
  lessThanAMinute: "less than a minute",
  ago: {
    now: "now",
    minutes: (n: number) => `${n} min ago`,
    hours: (n: number) => `${n} h ago`,
    days: (n: number) => `${n} d ago`,
  },
  onThisComputer: (instant: string) => `${instant} on this computer`,
} as const;
