import type { AppError, LedgerPage, LedgerRow } from "$lib/backend/types";

/** Reads entries with a number under `before`, newest first. */
export type ReadPage = (before: number | null, limit: number) => Promise<LedgerPage>;

/**
 * How far a list has come: all is there; the rest comes as it is scrolled to; it is being looked for; much was looked at
 * in vain, so that going on is for a person to say.
 */
export type Reach = "all" | "more" | "looking" | "asking";

/** Entries to show, newest first, of which only a part has been read. */
export interface EntryList {
  /** How many rows there are to scroll through. */
  readonly count: number;
  /** Newer entries that are known and not among them, so that what is being read stays where it is. */
  readonly fresh: number;
  readonly reach: Reach;
  /** Entries under this number have not been looked at yet. */
  readonly lookedTo: number | null;
  readonly error: AppError | null;
  /** A row, if it has been read. */
  row(index: number): LedgerRow | undefined;
  /** The number of a row's entry, where it is known before that was read. */
  seqOf(index: number): number | null;
  /** Where an entry is among the rows. */
  indexOf(seq: number): number | null;
  /** The entry after (`1`: older) or before (`-1`: newer) another. */
  beside(seq: number, step: 1 | -1): number | null;
  /** The rows from `first` up to `end` are on screen: what is missing of them is read. */
  want(first: number, end: number): void;
  /** Takes the newest page, read anew; at the top of the list the newer entries are shown at once. */
  accept(page: LedgerPage, atTop: boolean): void;
  /** Shows the newer entries. */
  follow(): void;
  /** Looks on after much was looked at in vain, or after a failure. */
  goOn(): void;
}
