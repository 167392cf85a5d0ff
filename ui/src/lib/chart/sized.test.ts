import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sized } from "./sized";

let changed: (entries: { target: Element; contentRect: { width: number; height: number } }[]) => void;
const watched = new Set<Element>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("ResizeObserver", class {
    constructor(f: typeof changed) {
      changed = f;
    }
    observe = (element: Element) => void watched.add(element);
    unobserve = (element: Element) => void watched.delete(element);
  });
});
afterEach(() => {
  vi.useRealTimers();
});

it("tells all elements at once how large they are, and again when they rest at another size", () => {
  const [a, b] = [document.createElement("i"), document.createElement("b")];
  const told: string[] = [];
  const entry = (target: Element, width: number, height = 20) => ({ target, contentRect: { width, height } });
  const ends = [sized(({ width }) => told.push(`a ${width}`))(a), sized(({ width }) => told.push(`b ${width}`))(b)];
  changed([entry(a, 100.7), entry(b, 0)]);
  changed([entry(b, 50)]);
  expect(told).toEqual(["a 100", "b 50"]);
  changed([entry(a, 110), entry(b, 60)]);
  vi.advanceTimersByTime(50);
  changed([entry(a, 120), entry(b, 50)]);
  vi.advanceTimersByTime(79);
  expect(told).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(["a 100", "b 50", "a 120"]);
  changed([entry(a, 130)]);
  ends.forEach((end) => end());
  vi.advanceTimersByTime(500);
  expect(told).toHaveLength(3);
  expect(watched.size).toBe(0);
});
