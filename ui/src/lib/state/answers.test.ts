import { expect, it } from "vitest";
import { Answers } from "./answers";

it("keeps the answers that were asked for last", () => {
  const answers = new Answers<number>();
  for (let n = 0; n < 12; n++) answers.keep(`${n}`, n);
  expect(answers.get("0")).toBe(0);
  answers.keep("12", 12);
  expect(answers.get("1")).toBeUndefined();
  expect(answers.get("0")).toBe(0);
  answers.forget();
  expect(answers.get("0")).toBeUndefined();
});
