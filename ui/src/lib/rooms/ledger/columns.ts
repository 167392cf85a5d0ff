/** How many columns there is room for. */
export type Columns = "few" | "some" | "usual" | "all";

/** From these widths on, in pixels, there are more. */
const SOME = 600;
const USUAL = 700;
const ALL = 860;

/** The columns that fit. */
export function columnsOf(width: number): Columns {
  if (width < SOME) return "few";
  if (width < USUAL) return "some";
  return width < ALL ? "usual" : "all";
}

/** How many columns those are. */
export const COLUMN_COUNT: Record<Columns, number> = { few: 3, some: 4, usual: 5, all: 6 };
