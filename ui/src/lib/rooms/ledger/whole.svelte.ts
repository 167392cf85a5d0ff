import { toAppError } from "$lib/backend/error";
import type { AppError, LedgerPage, LedgerRow } from "$lib/backend/types";
import type { EntryList, ReadPage, Reach } from "./list";

/** Entries that are read at once, and kept or forgotten together. */
export const PAGE = 100;
/** So many pages are kept: 6,000 entries. */
const KEPT = 60;
/** So many pages are read at the same time. */
const AT_ONCE = 2;

/**
 * The whole ledger. Its entries are numbered without gaps, so that every row's entry is known before it is read, and any
 * place can be jumped to. What was read never changes: pages are only forgotten to keep memory small.
 */
export class WholeLedger implements EntryList {
  readonly reach: Reach = "all";
  readonly lookedTo = null;
  count = $state(0);
  #known = $state(0);
  readonly fresh = $derived(this.#known - this.count);
  error = $state.raw<AppError | null>(null);

  readonly #read: ReadPage;
  /** By page: the rows by their place in it, oldest first. Whoever reads them follows `#came`. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- thousands of rows come at once, and one number says so
  readonly #pages = new Map<number, (LedgerRow | undefined)[]>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nobody reads it while rendering
  readonly #asked = new Set<number>();
  #wanted: number[] = [];
  #came = $state(0);

  constructor(read: ReadPage) {
    this.#read = read;
  }

  row(index: number): LedgerRow | undefined {
    void this.#came;
    const place = this.count - index - 1;
    return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
  }

  seqOf(index: number): number | null {
    return index < this.count ? this.count - index : null;
  }

  indexOf(seq: number): number | null {
    return seq >= 1 && seq <= this.count ? this.count - seq : null;
  }

  beside(seq: number, step: 1 | -1): number | null {
    const other = seq - step;
    return other >= 1 && other <= this.#known ? other : null;
  }

  want(first: number, end: number): void {
    const newest = Math.floor((this.count - first - 1) / PAGE);
    const oldest = Math.floor((this.count - end) / PAGE);
    const inView = Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, i) => newest - i);
    // The neighbours are next: whoever scrolls on finds them there.
    this.#wanted = [...inView, oldest - 1, newest + 1].filter((page) => page >= 0 && page * PAGE < this.#known);
    this.#fetch();
  }

  accept(page: LedgerPage, atTop: boolean): void {
    if (page.entries < this.#known) this.#pages.clear();
    this.#known = page.entries;
    this.error = null;
    this.#keep(page.rows);
    if (atTop || this.count === 0 || this.count > this.#known) this.follow();
    this.#fetch();
  }

  follow(): void {
    this.count = this.#known;
  }

  goOn(): void {
    this.error = null;
    this.#fetch();
  }

  #isThere(page: number): boolean {
    const rows = this.#pages.get(page);
    if (!rows) return false;
    const size = Math.min(PAGE, this.#known - page * PAGE);
    for (let i = 0; i < size; i++) if (!rows[i]) return false;
    return true;
  }

  #fetch(): void {
    while (this.#asked.size < AT_ONCE && this.error === null) {
      const page = this.#wanted.find((one) => !this.#asked.has(one) && !this.#isThere(one));
      if (page === undefined) return;
      void this.#fetchPage(page);
    }
  }

  async #fetchPage(page: number): Promise<void> {
    this.#asked.add(page);
    try {
      const { rows, entries } = await this.#read((page + 1) * PAGE + 1, PAGE);
      if (entries >= this.#known) this.#keep(rows);
    } catch (thrown) {
      this.error = toAppError(thrown);
    }
    this.#asked.delete(page);
    this.#fetch();
  }

  #keep(rows: readonly LedgerRow[]): void {
    for (const row of rows) {
      const page = Math.floor((row.seq - 1) / PAGE);
      const kept = this.#pages.get(page) ?? [];
      kept[(row.seq - 1) % PAGE] = row;
      this.#pages.delete(page);
      this.#pages.set(page, kept);
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= KEPT) break;
      if (!this.#wanted.includes(page)) this.#pages.delete(page);
    }
    this.#came++;
  }
}
