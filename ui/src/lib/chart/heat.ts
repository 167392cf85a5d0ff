/** An hour of a weekday: Monday is 0. */
export type Cell = { day: number; hour: number };

const LAST_DAY = 6;
const LAST_HOUR = 23;

/** The cell with the most; the first of several, and none where there is nothing at all. */
export function topCell(heat: readonly (readonly number[])[]): Cell | null {
  let best: Cell | null = null;
  let most = 0;
  heat.forEach((hours, day) =>
    hours.forEach((credits, hour) => {
      if (credits > most) [best, most] = [{ day, hour }, credits];
    }),
  );
  return best;
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
