import { describe, expect, it } from "vitest";
import { Place, SAFE_HEIGHT } from "./scroll";

const ROW = 32;
const VIEW = 600;

function place(rows: number): Place {
  const made = new Place(ROW);
  made.size(rows, VIEW);
  return made;
}

describe("a list that an element can be as high as", () => {
  it("is scrolled as it is", () => {
    const list = place(9_000);
    expect(list.barHeight).toBe(9_000 * ROW);
    list.moved(1_000);
    expect([list.top, list.shift, list.rows]).toEqual([1_000, 0, { first: 31, end: 50 }]);
    list.moved(200_000);
    expect([list.top, list.shift]).toEqual([200_000, 0]);
  });

  it("ends with its last row", () => {
    const list = place(9_000);
    list.show(8_999);
    expect(list.top).toBe(9_000 * ROW - VIEW);
    expect(list.rows.end).toBe(9_000);
  });

  it("is not scrolled when all of it is in the window", () => {
    const list = place(3);
    list.show(2);
    expect([list.top, list.rows]).toEqual([0, { first: 0, end: 3 }]);
  });

  it("shows a row at its near edge, in the middle, or leaves it", () => {
    const list = place(9_000);
    list.show(100);
    expect(list.top).toBe(101 * ROW - VIEW);
    list.show(99);
    expect(list.top).toBe(101 * ROW - VIEW);
    list.show(50);
    expect(list.top).toBe(50 * ROW);
    list.show(1_000, "middle");
    expect(list.top).toBe(1_000 * ROW - (VIEW - ROW) / 2);
  });

  it("leaves room for what comes after it", () => {
    const list = new Place(ROW);
    list.size(100, VIEW, 48);
    list.moved(100 * ROW + 48 - VIEW);
    list.size(100, VIEW, 48);
    expect(list.top).toBe(100 * ROW + 48 - VIEW);
  });

  it("stays where it is when it grows", () => {
    const list = place(9_000);
    list.moved(5_000);
    list.size(9_100, VIEW);
    expect(list.top).toBe(5_000);
  });
});

describe("ten million rows", () => {
  const MANY = 10_000_000;
  const LAST = MANY * ROW - VIEW;

  it("are no higher than is safe", () => expect(place(MANY).barHeight).toBe(SAFE_HEIGHT));

  it("are reached by the bar from the first to the last", () => {
    const list = place(MANY);
    list.moved(SAFE_HEIGHT / 2 - VIEW / 2);
    expect(Math.abs(list.top - LAST / 2)).toBeLessThan(ROW);
    list.moved(SAFE_HEIGHT - VIEW);
    expect([list.top, list.rows.end]).toEqual([LAST, MANY]);
    list.moved(0);
    expect(list.top).toBe(0);
  });

  it("move by exact pixels with the wheel, and the rows do not move within their element", () => {
    const list = place(MANY);
    list.moved(4_000_000);
    const { top, shift } = list;
    for (let i = 1; i <= 40; i++) list.moved(4_000_000 + i * 120);
    expect(list.top).toBe(top + 4_800);
    expect(list.shift).toBe(shift);
    list.settle();
    expect(list.top).toBe(top + 4_800);
    expect(Math.abs(list.bar - 4_000_000)).toBeLessThan(4_800 / 30);
  });

  it("can be scrolled to both ends by the wheel alone", () => {
    const list = place(MANY);
    list.show(2_000);
    while (list.bar > 0) list.moved(Math.max(0, list.bar - 400));
    expect(list.top).toBe(0);
    list.show(MANY - 2_000);
    for (let i = 0; i < 2_000; i++) list.moved(Math.min(SAFE_HEIGHT - VIEW, list.bar + 400));
    expect(list.top).toBe(LAST);
  });

  it.each([0, 1, 3_000, 3_200, 1_234_567, 5_000_000, 9_996_800, 9_999_999])("row %s is shown where the bar stands for it", (row) => {
    const list = place(MANY);
    list.show(row, "middle");
    const { top, bar } = list;
    const other = place(MANY);
    other.moved(SAFE_HEIGHT / 3);
    other.moved(bar);
    expect(Math.abs(other.top - top)).toBeLessThanOrEqual(ROW);
    expect(list.rows.first).toBeLessThanOrEqual(row);
    expect(list.rows.end).toBeGreaterThan(row);
  });
});
