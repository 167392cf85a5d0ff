/** The row that a key goes to from another, or from the first one in the window; null for a key that goes nowhere. */
export function stepOf(key: string, at: number | null, firstShown: number, rows: number, page: number): number | null {
  if (rows === 0) return null;
  const within = (index: number) => Math.max(0, Math.min(rows - 1, index));
  switch (key) {
    case "ArrowDown":
      return at === null ? within(firstShown) : within(at + 1);
    case "ArrowUp":
      return at === null ? within(firstShown) : within(at - 1);
    case "PageDown":
      return within((at ?? firstShown) + page);
    case "PageUp":
      return within((at ?? firstShown) - page);
    case "Home":
      return 0;
    case "End":
      return rows - 1;
    default:
      return null;
  }
}
