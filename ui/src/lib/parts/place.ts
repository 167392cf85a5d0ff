/** Where what floats stands: beside what it belongs to, and inside the window. */

type Box = { left: number; top: number; right: number; bottom: number };
type Extent = { width: number; height: number };

/** What is left free between what floats and what it belongs to, and between it and the window's edge, in CSS pixels. */
const GAP = 4;
const EDGE = 8;

/** The upper left corner: under the anchor if there is room, else above it; in line with its start or its end. */
export function place(anchor: Box, size: Extent, window: Extent, align: "start" | "end"): { left: number; top: number } {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - size.height;
  const top = below + size.height <= window.height - EDGE || above < EDGE ? below : above;
  return {
    left: inside(align === "start" ? anchor.left : anchor.right - size.width, size.width, window.width),
    top: inside(top, size.height, window.height),
  };
}

/** Nearest to where it should be; what is larger than the window begins at its start. */
function inside(at: number, size: number, window: number): number {
  return Math.max(EDGE, Math.min(at, window - EDGE - size));
}
