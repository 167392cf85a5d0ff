import type { SyncStatus, Verification } from "$lib/backend/types";
import { count } from "$lib/format";
import { text } from "$lib/text";

/** That a ledger was found right: a word or two for a line, the same with its number, and what it means. */
export type VerifiedWords = { short: string; full: string; meaning: string };

/** What was found right the last time that the service and the replayed rules agreed; nothing before they ever did. */
export function verifiedWords({ verified, entries }: SyncStatus): VerifiedWords | null {
  if (verified === null) return null;
  const words = text.sync.verified;
  if (entries > verified.entries) {
    const upTo = words.upTo(count(verified.entries));
    return { short: upTo, full: upTo, meaning: words.upToMeans };
  }
  return { short: words.all, full: words.allOf(verified.entries), meaning: words.allMeans };
}

/** A number of entries with its word. */
export function entriesWords(n: number): string {
  return text.sync.entries(n);
}

/** What verifying came to: whether all is right, something is wrong or it was stopped, and the same in a sentence. */
export function verificationWords({ entries, right, stopped, findings, more }: Verification): { verdict: "right" | "wrong" | "stopped"; text: string } {
  const words = text.sync.verdict;
  if (right) return { verdict: "right", text: words.right(entries) };
  const wrong = findings.length + more;
  // What is not called right is never said to be.
  if (wrong > 0 || !stopped) return { verdict: "wrong", text: stopped ? words.wrongSoFar(wrong, entries) : words.wrong(wrong, entries) };
  return { verdict: "stopped", text: entries === 0 ? words.stoppedAtOnce : words.stopped(entries) };
}
