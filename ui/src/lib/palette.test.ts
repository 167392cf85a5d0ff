import { expect, it } from "vitest";
import { Palette } from "./palette";

const palette = new Palette([
  { id: "voice", group: "calls" },
  { id: "ai-reply", group: "replies" },
  { id: "draft", group: "replies" },
  { id: "image", group: "pictures" },
]);

it("gives known groups their own colour", () => expect(palette.group("replies")).toBe("var(--group-replies)"));
it("gives groups that a catalogue adds the spare ones in its order", () => expect([palette.group("calls"), palette.group("pictures")]).toEqual(["var(--group-5)", "var(--group-6)"]));
it("gives as many groups as there are colours one each", () => {
  const groups = ["one", "two", "three", "four", "five", "six", "seven", "syncs"];
  const many = new Palette(groups.map((group) => ({ id: group, group })));
  expect(new Set(groups.map((group) => many.group(group))).size).toBe(groups.length);
});
it("makes features of a group one family", () => {
  expect(palette.feature("ai-reply", "replies")).toBe("var(--group-replies)");
  expect(palette.feature("draft", "replies")).toContain("var(--group-replies)");
  expect(palette.feature("draft", "replies")).not.toBe(palette.feature("ai-reply", "replies"));
});
it("falls back to the group for a feature that it does not know", () => expect(palette.feature("new", "syncs")).toBe("var(--group-syncs)"));
it("names groups and features for charts", () => expect(Object.keys(palette.all())).toEqual(expect.arrayContaining(["replies", "summaries", "classification", "syncs", "calls", "draft"])));
