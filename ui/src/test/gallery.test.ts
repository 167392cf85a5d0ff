import { expect, it } from "vitest";
import main from "../main.ts?raw";

const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.svelte", "!../**/*.test.ts"], { query: "?raw", import: "default", eager: true });

it("is loaded with invented data alone, so that a build for people has none of it", () => {
  const [before = "", after = ""] = main.split('import("$lib/gallery/Gallery.svelte")');
  expect(before).toMatch(/if \(import\.meta\.env\.MODE === "fake" && [^{}]*\) \{\s*void $/);
  expect(after).not.toContain("gallery");
  const others = Object.entries(sources).filter(([path]) => !path.includes("/gallery/") && !path.endsWith("/main.ts"));
  expect(others.filter(([, source]) => /from "[^"]*gallery|import\("[^"]*gallery/.test(source)).map(([path]) => path)).toEqual([]);
});
