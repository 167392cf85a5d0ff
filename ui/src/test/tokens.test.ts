import { describe, expect, it } from "vitest";
import tokens from "../styles/tokens.css?raw";

const components = import.meta.glob<string>(["../**/*.svelte", "../styles/base.css"], { query: "?raw", import: "default", eager: true });
/** Invented pictures are no part of the interface, and colours are read from the tokens in one place. */
const scripts = import.meta.glob<string>(["../**/*.ts", "!../**/*.test.ts", "!../lib/backend/fake*.ts", "!../lib/chart/theme.ts"], { query: "?raw", import: "default", eager: true });

/** Breakpoints can not read custom properties, shapes of icons are not sizes of the interface, and px there is what charts are measured in. */
const styleOf = (path: string, source: string) =>
  (path.endsWith(".css") ? source : (/<style>([\s\S]*)<\/style>/.exec(source)?.[1] ?? "")).replace(/@(?:media|container)[^{]*/g, "");

const COLOUR = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklch|oklab|color)\(/i;
const NAMED = /:[^;{}]*\b(?:white|black|red|green|blue|gray|grey|orange|yellow|purple|pink|navy|teal)\b(?!-)/i;
const SIZE = /\b\d*\.?\d+(?:px|rem|em|ms|s)\b/i;
/** In scripts "#48121" may be a reference: a colour is all of a text. */
const COLOUR_IN_SCRIPT = /["'`]#(?:[0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})["'`]|\b(?:rgba?|hsla?|oklch|oklab)\(\s*\d/i;

describe("colours, sizes and durations come from the tokens", () => {
  it.each(Object.entries(components))("%s", (path, source) => {
    const style = styleOf(path, source);
    for (const literal of [COLOUR, NAMED, SIZE]) expect(style).not.toMatch(literal);
    expect(source.replace(/<style>[\s\S]*<\/style>/, "")).not.toMatch(COLOUR_IN_SCRIPT);
    // The window's content policy refuses style attributes; style: directives go through the object model.
    expect(source).not.toMatch(/\sstyle="/);
  });

  it.each(Object.entries(scripts))("%s", (_path, source) => expect(source).not.toMatch(COLOUR_IN_SCRIPT));

  it("in every component and every script", () => {
    expect([Object.keys(components).length > 45, Object.keys(scripts).length > 45]).toEqual([true, true]);
    expect(Object.entries({ ...components, tokens }).filter(([, source]) => source.trim() === "")).toEqual([]);
  });

  it.each(["color: #fff", "color: white", "background: rgb(1 2 3)", "fill: oklch(0.5 0.1 20)", "border: 1px solid", "transition: color 120ms"])("so that this would be found: %s", (rule) => {
    expect([COLOUR, NAMED, SIZE].some((literal) => literal.test(`p { ${rule}; }`))).toBe(true);
  });

  it.each(["white-space: nowrap", "color: var(--ink)", "background: transparent", "fill: currentColor"])("and this would not: %s", (rule) => {
    expect([COLOUR, NAMED, SIZE].some((literal) => literal.test(`p { ${rule}; }`))).toBe(false);
  });
});

describe("a token", () => {
  const all = Object.values({ ...components, ...scripts });
  const names = (pattern: RegExp, sources: readonly string[]) => new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name, directive]) => name ?? directive!)));
  const defined = names(/(--[a-z][\w-]*)\s*[:=]|(?<=style:)(--[a-z][\w-]*)/g, [tokens, ...all]);
  // Names that are put together ("--group-" and a group's) are known by their beginning.
  const used = names(/(--[a-z][\w-]*)/g, [...all, tokens.replace(/^\s*--[\w-]+:/gm, "")]);

  it("that is used is there", () => expect([...names(/var\((--[a-z][\w-]*)[,)]/g, [tokens, ...all])].filter((name) => !defined.has(name))).toEqual([]));

  it("that is there is used", () => expect([...names(/^\s*(--[\w-]+):/gm, [tokens])].filter((name) => !used.has(name) && ![...used].some((other) => other.endsWith("-") && name.startsWith(other)))).toEqual([]));
});
