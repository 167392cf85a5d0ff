import type { Theme } from "$lib/backend/types";
import type { Palette } from "$lib/palette";

const TOKENS = {
  ink: "--ink", ink2: "--ink-2", ink3: "--ink-3", line: "--line", surface: "--surface", accent: "--accent", warn: "--warn", topUp: "--top-up",
} as const;

/** What a colour is when the browser can not say: a grey that shows on both grounds. */
const UNKNOWN = "#808080";

/** The tokens as they are now, in the form that charts take: "#rrggbb". */
export function resolveTheme(palette: Palette, root: HTMLElement = document.documentElement): Theme {
  const probe = root.ownerDocument.createElement("span");
  probe.hidden = true;
  root.append(probe);
  const paint = root.ownerDocument.createElement("canvas");
  paint.width = paint.height = 1;
  const context = paint.getContext("2d", { willReadFrequently: true });
  const resolve = (value: string): string => {
    probe.style.color = value;
    return toHex(getComputedStyle(probe).color, context);
  };
  try {
    const tokens = Object.entries(TOKENS).map(([name, token]) => [name, resolve(`var(${token})`)]);
    const series = Object.entries(palette.all()).map(([id, value]) => [id, resolve(value)]);
    return { ...Object.fromEntries(tokens), series: Object.fromEntries(series), font: "Inter Variable", contrast: matchMedia("(prefers-contrast: more)").matches } as Theme;
  } finally {
    probe.remove();
  }
}

/** Any CSS colour as "#rrggbb", by painting one pixel with it. */
export function toHex(colour: string, context: CanvasRenderingContext2D | null): string {
  if (!context) return UNKNOWN;
  // A value that is not understood leaves the former one: two different ones tell.
  context.fillStyle = "#000000";
  context.fillStyle = colour;
  const onBlack = context.fillStyle;
  context.fillStyle = "#ffffff";
  context.fillStyle = colour;
  if (context.fillStyle !== onBlack) return UNKNOWN;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
