import { toAppError } from "$lib/backend/error";
import type { AppError, LedgerPage, LedgerRow } from "$lib/backend/types";
import type { EntryList, ReadPage, Reach } from "./list";

/** Entries of a page. */
export const FOUND_PAGE = 200;
/** The rest is read when so few rows are left to scroll to. */
const AHEAD = 100;
/** After so many pages in a row without an entry a person decides whether to go on. */
export const IN_VAIN = 12;

/** The entries that a filter lets through, as far as they have been looked for. */
export class FoundEntries implements EntryList {
  #looking = $state(false);
  #asking = $state(false);
  #next = $state<number | null>(null);
  #came = $state(0);
  fresh = $state(0);
  error = $state.raw<AppError | null>(null);

  readonly #read: ReadPage;
  /** They are many and grow: whoever reads them follows `#came`. */
  #rows: LedgerRow[] = [];
  #newer: LedgerRow[] = [];
  /** Entries up to this number are found, or are looked for from the newest down. */
  #covered: number;
  #catchingUp = false;

  constructor(read: ReadPage, first: LedgerPage) {
    this.#read = read;
    this.#rows = [...first.rows];
    this.#next = first.nextBefore;
    this.#covered = first.entries;
  }

  get count(): number {
    void this.#came;
    return this.#rows.length;
  }

  get reach(): Reach {
    if (this.#next === null) return "all";
    if (this.#asking) return "asking";
    return this.#looking ? "looking" : "more";
  }

  get lookedTo(): number | null {
    return this.#next;
  }

  row(index: number): LedgerRow | undefined {
    void this.#came;
    return this.#rows[index];
  }

  seqOf(index: number): number | null {
    return this.#rows[index]?.seq ?? null;
  }

  indexOf(seq: number): number | null {
    const index = this.#after(seq);
    return this.#rows[index]?.seq === seq ? index : null;
  }

  beside(seq: number, step: 1 | -1): number | null {
    void this.#came;
    const older = this.#after(seq - 1);
    const newer = this.#after(seq) - 1;
    return this.#rows[step === 1 ? older : newer]?.seq ?? null;
  }

  want(_first: number, end: number): void {
    if (this.#next === null || this.#looking || this.#asking || this.error !== null) return;
    if (end >= this.#rows.length - AHEAD) void this.#look();
  }

  accept(page: LedgerPage, atTop: boolean): void {
    if (page.entries < this.#covered) return this.#begin(page);
    if (page.entries > this.#covered) void this.#catchUp(page, atTop);
  }

  follow(): void {
    if (this.#newer.length === 0) return;
    this.#rows = [...this.#newer, ...this.#rows];
    this.#newer = [];
    this.fresh = 0;
    this.#came++;
  }

  goOn(): void {
    this.#asking = false;
    this.error = null;
    if (!this.#looking && this.#next !== null) void this.#look();
  }

  /** Begins anew: the ledger is not the one that was looked at. */
  #begin(page: LedgerPage): void {
    this.#rows = [...page.rows];
    this.#newer = [];
    this.fresh = 0;
    this.#next = page.nextBefore;
    this.#covered = page.entries;
    this.#asking = false;
    this.#came++;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      for (let inVain = 0; this.#next !== null; ) {
        const page = await this.#read(this.#next, FOUND_PAGE);
        this.#next = page.nextBefore;
        this.#rows.push(...page.rows);
        if (page.rows.length > 0) break;
        if (++inVain >= IN_VAIN) {
          this.#asking = true;
          break;
        }
      }
    } catch (thrown) {
      this.error = toAppError(thrown);
    }
    this.#looking = false;
    this.#came++;
  }

  /** Finds what is newer than all that was looked at; `page` is the newest. */
  async #catchUp(page: LedgerPage, atTop: boolean): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      const covered = this.#covered;
      const { entries } = page;
      const found: LedgerRow[] = [];
      for (let next: LedgerPage = page; ; ) {
        found.push(...next.rows.filter(({ seq }) => seq > covered));
        if (next.nextBefore === null || next.nextBefore <= covered + 1) break;
        next = await this.#read(next.nextBefore, FOUND_PAGE);
      }
      this.#covered = entries;
      this.#newer = [...found, ...this.#newer];
      this.fresh = this.#newer.length;
      if (atTop) this.follow();
    } catch {
      // The newest page is read again by and by, and this with it.
    }
    this.#catchingUp = false;
  }

  /** How many rows have a number greater than this one. */
  #after(seq: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]!.seq > seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
