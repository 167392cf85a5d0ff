import type { WorkspaceSummary } from "$lib/backend/types";
import { text } from "$lib/text";

/** Whose a workspace is, and on which plan. What has not been read yet is no answer: a first sync is under way, or has not begun. */
export function subtitleOf({ provider, plan, known }: WorkspaceSummary): string {
  return [provider, plan ?? (known ? text.shell.noPlan : "")].filter((part) => part !== "").join(" · ");
}

/** At most two letters that a name begins with. */
export function initialsOf(name: string): string {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
