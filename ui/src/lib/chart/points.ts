import type { Point, PointValue } from "$lib/backend/types";

/** The key of what the range before came to: no part of the stack. */
const PREVIOUS = "previous";

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

/** What a note beside a point says: as many values as it has room for, what the others come to, and what was before. */
export type Listed = { values: PointValue[]; others: number; othersValue: number; before: PointValue | null };

/**
 * The largest values of a point, from the top of the picture down. The range before stands apart where the values are
 * parts of a whole; it comes last, so that a part with the same key is still a part.
 */
export function listed(point: Point, stacked: boolean, room: number): Listed {
  const last = point.values.at(-1);
  const before = stacked && last?.key === PREVIOUS && sum(point.values) !== point.total ? last : null;
  const all = before ? point.values.slice(0, -1) : point.values;
  // One that is left out takes as much room as the line that says so.
  const shown = all.length <= room ? all : [...all].sort((a, b) => b.value - a.value).slice(0, Math.max(1, room - 1));
  const values = all.filter((value) => shown.includes(value)).toReversed().sort((a, b) => a.y - b.y);
  return { values, others: all.length - values.length, othersValue: sum(all) - sum(values), before };
}

/** A column of a chart's table: a name, and its value at a point. */
export type Column = { name: string; of: (point: Point) => PointValue | undefined };

/** The columns of a chart's table, in the order of its values. Two of them may have the same key: which one counts, too. */
export function columnsOf(points: readonly Point[]): Column[] {
  const columns = new Map<string, Column>();
  for (const { values } of points) {
    values.forEach((value, i) => {
      const nth = nthOf(values, i);
      const id = `${nth} ${value.key}`;
      if (!columns.has(id)) columns.set(id, { name: value.name, of: (point) => point.values.filter(({ key }) => key === value.key)[nth] });
    });
  }
  return [...columns.values()];
}

function nthOf(values: readonly PointValue[], index: number): number {
  return values.slice(0, index).filter(({ key }) => key === values[index]!.key).length;
}

function sum(values: readonly PointValue[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
