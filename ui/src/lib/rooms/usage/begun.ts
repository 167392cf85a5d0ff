import type { Period } from "$lib/backend/types";

/** The part of a range that has begun: what is yet to come has no usage. */
export function begunOf({ start, end }: Period, now: number): Period {
  return { start, end: Math.max(start, Math.min(end, now)) };
}
