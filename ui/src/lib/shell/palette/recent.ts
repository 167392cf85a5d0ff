const KEY = "creditdeck.recent";
const MOST = 5;

/** What was chosen lately, the newest first, by its id. It is a convenience: where nothing can be kept there is none. */
export function recent(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Remembers what was chosen. */
export function remember(id: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([id, ...recent().filter((other) => other !== id)].slice(0, MOST)));
  } catch {
    // Not kept, then.
  }
}
