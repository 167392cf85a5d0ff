import { expect, it } from "vitest";
import css from "../../styles/tokens.css?raw";
import { tokensIn } from "./tokens";

it("finds every token with its kind, in its order, and not those of other windows", () => {
  const found = tokensIn(":root {\n  --ink: light-dark(oklch(0 0 0), oklch(1 0 0));\n  /* Space */\n  --space-1: 0.25rem;\n  --text-sm: 1rem;\n  --quick: 120ms;\n  --radius-md: 1px;\n  --round: 999px;\n}\n@media (x) {\n  :root {\n    --quick: 0ms;\n  }\n}");
  expect(found.map(({ name, kind }) => `${name} ${kind}`)).toEqual(["--ink colour", "--space-1 space", "--text-sm text", "--quick motion", "--radius-md radius", "--round other"]);
});

it("finds the interface's own", () => {
  const count = (kind: string) => tokensIn(css).filter((token) => token.kind === kind).length;
  expect(count("colour")).toBeGreaterThan(25);
  expect([count("text"), count("space"), count("radius"), count("motion")].every((n) => n >= 3)).toBe(true);
});
