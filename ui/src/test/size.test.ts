import { expect, it } from "vitest";

const sources = import.meta.glob<string>("../**/*.svelte", { query: "?raw", import: "default", eager: true });
/** A component that is longer does more than one thing. */
const MOST = 250;

it.each(Object.entries(sources))("%s fits on a few screens", (_path, source) => expect(source.split("\n").length - 1).toBeLessThanOrEqual(MOST));

it("reads every component", () => expect(Object.keys(sources).length).toBeGreaterThan(40));
