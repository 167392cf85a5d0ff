import { day, isoDay } from "$lib/format";

/** Zones are a whole number of these from UTC, so that no day begins within one. */
const QUARTER = 15 * 60_000;
/** A list that is scrolled for long must not keep every day of it. */
const KEPT = 4_000;

/** The day of an instant: what it is called, and what tells it from others. */
export type Day = { id: string; label: string };

/** The days of a list, each worked out once: asking the calendar for every row of every frame would be felt. */
export class Days {
  readonly #zone: string;
  readonly #now: number;
  readonly #known = new Map<number, Day>();

  constructor(zone: string, now: number) {
    this.#zone = zone;
    this.#now = now;
  }

  of(at: number): Day {
    const quarter = Math.floor(at / QUARTER);
    let known = this.#known.get(quarter);
    if (!known) {
      if (this.#known.size >= KEPT) this.#known.clear();
      known = { id: isoDay(at, this.#zone), label: day(at, this.#zone, this.#now) };
      this.#known.set(quarter, known);
    }
    return known;
  }
}
