import type { Chart, Point } from "$lib/backend/types";
import { count, percent } from "$lib/format";
import { text } from "$lib/text";
import { nearestPoint } from "./points";

/** An hour of a weekday: Monday is 0. */
export type Cell = { day: number; hour: number };

const LAST_DAY = 6;
const LAST_HOUR = 23;

/** The cell with the most; the first of several, and none where there is nothing at all. */
export function topCell(hours: readonly Point[]): Cell | null {
  let best: Cell | null = null;
  let most = 0;
  for (let day = 0; day <= LAST_DAY; day++) {
    hours.forEach(({ values }, hour) => {
      const credits = values[day]?.value ?? 0;
      if (credits > most) [best, most] = [{ day, hour }, credits];
    });
  }
  return best;
}

/** The cell at a place of the picture; null beside the cells. */
export function cellAt({ plot, points }: Chart, x: number, y: number): Cell | null {
  if (x < plot.x || x > plot.x + plot.width || y < plot.y || y > plot.y + plot.height) return null;
  const hour = nearestPoint(points, x);
  const distances = points[hour]?.values.map((value) => Math.abs(value.y - y)) ?? [];
  return distances.length > 0 ? { day: distances.indexOf(Math.min(...distances)), hour } : null;
}

/** What a cell says: its day and hour, how much was used in it, and its part of all. */
export function cellWords(hours: readonly Point[], { day, hour }: Cell): string {
  const value = hours[hour]?.values[day];
  const all = hours.reduce((sum, { total }) => sum + total, 0);
  const credits = value?.value ?? 0;
  return text.chart.heat.cell(value?.name ?? "", hours[hour]?.label ?? "", count(credits), percent(all === 0 ? 0 : credits / all));
}

/** The cell that a key moves to, as in any grid: Home and End within the day, with Ctrl within the week. Null when it does not step. */
export function stepCell(key: string, { day, hour }: Cell, ctrl = false): Cell | null {
  switch (key) {
    case "ArrowLeft":
      return { day, hour: Math.max(0, hour - 1) };
    case "ArrowRight":
      return { day, hour: Math.min(LAST_HOUR, hour + 1) };
    case "ArrowUp":
      return { day: Math.max(0, day - 1), hour };
    case "ArrowDown":
      return { day: Math.min(LAST_DAY, day + 1), hour };
    case "Home":
      return { day: ctrl ? 0 : day, hour: 0 };
    case "End":
      return { day: ctrl ? LAST_DAY : day, hour: LAST_HOUR };
    default:
      return null;
  }
}
