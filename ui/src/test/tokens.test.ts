import { expect, it } from "vitest";

const sources = import.meta.glob<string>(["../**/*.svelte", "../styles/base.css"], { query: "?raw", import: "default", eager: true });

/** Breakpoints can not read custom properties, shapes of icons are not sizes of the interface, and px there is what charts are measured in. */
const styleOf = (path: string, source: string) =>
  (path.endsWith(".css") ? source : (/<style>([\s\S]*)<\/style>/.exec(source)?.[1] ?? "")).replace(/@media[^{]*/g, "");

it.each(Object.entries(sources))("%s takes colours, sizes and durations from the tokens, and styles by rules alone", (path, source) => {
  expect(styleOf(path, source)).not.toMatch(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)\(|\b\d*\.?\d+(?:px|rem|em|ms|s)\b/i);
  // The window's content policy refuses style attributes; style: directives go through the object model.
  expect(source).not.toMatch(/\sstyle="/);
});

it("reads every component", () => expect(Object.keys(sources).length).toBeGreaterThan(25));
