import type { Point } from "$lib/backend/types";

/** The index of the point nearest to a place along the chart, or -1 when there is none. */
export function nearestPoint(points: readonly Point[], x: number): number {
  let best = -1;
  let distance = Infinity;
  points.forEach((point, i) => {
    const d = Math.abs(point.x - x);
    if (d < distance) [best, distance] = [i, d];
  });
  return best;
}

/** The point that a key moves to, or null when the key does not step. Nothing chosen yet counts as the end. */
export function stepPoint(key: string, at: number | null, points: number): number | null {
  if (points === 0) return null;
  const last = points - 1;
  const from = at ?? last;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return at === null ? last : Math.max(0, from - 1);
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(last, from + 1);
    case "PageUp":
      return Math.min(last, from + 7);
    case "PageDown":
      return Math.max(0, from - 7);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
