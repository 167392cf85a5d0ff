import type { SyncStatus, Verification } from "$lib/backend/types";
import { count, counted } from "$lib/format";

/** That a ledger was found right: a word or two for a line, the same with its number, and what it means. */
export type VerifiedWords = { short: string; full: string; meaning: string };

/** What was found right the last time that the service and the replayed rules agreed; nothing before they ever did. */
export function verifiedWords({ verified, entries }: SyncStatus): VerifiedWords | null {
  if (verified === null) return null;
  if (entries > verified.entries) {
    const upTo = `Verified up to entry ${count(verified.entries)}`;
    return { short: upTo, full: upTo, meaning: "Every entry up to there follows from the one before it and from the metering rules, and the balance there is the service's." };
  }
  return {
    short: "Verified",
    full: `Verified, ${entriesWords(verified.entries)}`,
    meaning: "Every entry follows from the one before it and from the metering rules, and the balance is the service's.",
  };
}

/** A number of entries with its word. */
export function entriesWords(n: number): string {
  return counted(n, "entry", "entries");
}

/** What verifying came to: whether all is right, something is wrong or it was stopped, and the same in a sentence. */
export function verificationWords({ entries, right, stopped, findings, more }: Verification): { verdict: "right" | "wrong" | "stopped"; text: string } {
  if (right) return { verdict: "right", text: entries === 1 ? "The only entry is right." : `All ${entriesWords(entries)} are right.` };
  const wrong = findings.length + more;
  const seen = stopped ? `the first ${entriesWords(entries)}` : entriesWords(entries);
  if (wrong > 0 || !stopped) return { verdict: "wrong", text: `${wrong > 0 ? counted(wrong, "thing is", "things are") : "Something is"} wrong in ${seen}.` };
  if (entries === 0) return { verdict: "stopped", text: "Stopped before the first entry." };
  return { verdict: "stopped", text: `Stopped. Nothing is wrong with ${seen}; those after were not looked at.` };
}
