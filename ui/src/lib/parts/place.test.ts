import { describe, expect, it } from "vitest";
import { place } from "./place";

const anchor = (left: number, top: number) => ({ left, top, right: left + 80, bottom: top + 32 });
const size = { width: 240, height: 200 };
const window = { width: 720, height: 560 };

describe("what floats", () => {
  it("stands under its anchor, in line with one of its sides", () => {
    expect(place(anchor(100, 100), size, window, "start")).toEqual({ left: 100, top: 136 });
    expect(place(anchor(400, 100), size, window, "end")).toEqual({ left: 240, top: 136 });
  });
  it("stands above where there is no room below", () => expect(place(anchor(100, 400), size, window, "start").top).toBe(196));
  it("never leaves the window", () => {
    expect(place(anchor(600, 100), size, window, "start").left).toBe(472);
    expect(place(anchor(0, 100), size, window, "end").left).toBe(8);
    expect(place(anchor(100, 100), { width: 240, height: 500 }, window, "start").top).toBe(52);
    expect(place(anchor(100, 100), { width: 900, height: 900 }, window, "start")).toEqual({ left: 8, top: 8 });
  });
});
