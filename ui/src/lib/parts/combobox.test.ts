import { describe, expect, it } from "vitest";
import { matching } from "./combobox";

const choices = ["Élodie", "Ben", "Adele", "del Río"].map((label) => ({ value: label, label }));
const found = (typed: string) => matching(choices, typed).map(({ label }) => label);

describe("choices", () => {
  it("are all there before anything is typed", () => expect(found("  ")).toEqual(["Élodie", "Ben", "Adele", "del Río"]));
  it("begin with what was typed, or have it somewhere after those", () => expect(found("DEL")).toEqual(["del Río", "Adele"]));
  it("are found without their accents", () => expect([found("elo"), found("rio")]).toEqual([["Élodie"], ["del Río"]]));
  it("may be none", () => expect(found("zz")).toEqual([]));
});
