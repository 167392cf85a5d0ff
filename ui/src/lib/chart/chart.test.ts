import { describe, expect, it, vi } from "vitest";
import type { Chart, Point, PointValue } from "$lib/backend/types";
import { cellAt, cellWords, stepCell, topCell } from "./heat";
import { columnsOf, listed, nearestPoint, stepPoint } from "./points";
import { showPicture } from "./picture";
import { chartNodes } from "./sanitise";
import { toHex } from "./theme";

describe("points", () => {
  const points = [10, 20, 40].map((x): Point => ({ at: x, x, label: "", values: [], total: 0 }));
  it("finds the nearest", () => expect([nearestPoint(points, 0), nearestPoint(points, 31), nearestPoint(points, 29), nearestPoint([], 5)]).toEqual([0, 2, 1, -1]));
  it("steps with the keys and stays inside", () => {
    expect([stepPoint("ArrowLeft", 1, 3), stepPoint("ArrowLeft", 0, 3), stepPoint("ArrowRight", 2, 3), stepPoint("Home", 2, 3), stepPoint("End", 0, 3)]).toEqual([0, 0, 2, 0, 2]);
    expect([stepPoint("ArrowLeft", null, 3), stepPoint("Tab", 1, 3), stepPoint("ArrowLeft", null, 0)]).toEqual([2, null, null]);
  });
});

describe("a note beside a point", () => {
  const value = (key: string, value: number, y: number): PointValue => ({ key, name: key, value, y });
  const point = (values: PointValue[], total = values.reduce((sum, v) => sum + v.value, 0)): Point => ({ at: 0, x: 0, label: "", values, total });
  const keys = (values: readonly PointValue[]) => values.map(({ key }) => key).join("");
  it("has the values from the top down; empty ones share an edge", () => expect(keys(listed(point([value("a", 5, 90), value("b", 0, 90), value("c", 2, 80)]), true, 9).values)).toBe("cba"));
  it("keeps the largest where there is no room for all, and says what the others come to", () => {
    const many = point(Array.from({ length: 40 }, (_, i) => value(`${i} `, i + 1, 100 - i)));
    const { values, others, othersValue } = listed(many, true, 10);
    expect(keys(values)).toBe("39 38 37 36 35 34 33 32 31 ");
    expect([others, othersValue, others + values.length]).toEqual([31, (31 * 32) / 2, 40]);
  });
  it("leaves nothing out where there is just room for all", () => expect(listed(point([value("a", 1, 1), value("b", 1, 0)]), true, 2).others).toBe(0));
  it("tells the range before apart, but not a part of the same key", () => {
    const parts = [value("a", 5, 90), value("previous", 2, 80)];
    expect(listed(point(parts), true, 9).before).toBeNull();
    expect(listed(point(parts, 5), true, 9)).toMatchObject({ before: { key: "previous" }, values: [{ key: "a" }] });
    expect(listed(point(parts, 5), false, 9).before).toBeNull();
  });
  it("has a column for each value in the table, also for two of one key", () => {
    const [first, second] = columnsOf([point([value("", 3, 1), value("", 4, 0)])]);
    expect([first?.of(point([value("", 3, 1), value("", 4, 0)]))?.value, second?.of(point([value("", 3, 1), value("", 4, 0)]))?.value, second?.of(point([]))]).toEqual([3, 4, undefined]);
  });
});

describe("weekdays and hours", () => {
  const hour = (...credits: number[]): Point => ({
    at: 0, x: 0, label: "9 – 10 h", values: credits.map((value, day) => ({ key: String(day), name: `Day ${day}`, value, y: 10 + 20 * day })), total: credits.reduce((sum, value) => sum + value, 0),
  });
  const hours = (...all: number[][]) => all.map((credits, at) => ({ ...hour(...credits), x: 50 + 10 * at }));
  it("have a busiest cell, if anything; of several the first of the week", () => {
    expect([topCell(hours([0, 0, 4], [0, 4, 0])), topCell(hours([0, 0])), topCell([])]).toEqual([{ day: 1, hour: 1 }, null, null]);
  });
  it("are found by a place of the picture, and not beside its cells", () => {
    const chart = { points: hours([1, 2], [3, 4]), plot: { x: 45, y: 0, width: 20, height: 40 } } as Chart;
    const found = [[46, 1], [54, 19], [56, 21], [64, 39], [44, 20], [66, 20], [50, 41]].map(([x, y]) => cellAt(chart, x!, y!));
    expect(found).toEqual([{ day: 0, hour: 0 }, { day: 0, hour: 0 }, { day: 1, hour: 1 }, { day: 1, hour: 1 }, null, null, null]);
    expect(cellAt({ ...chart, points: [] }, 50, 20)).toBeNull();
  });
  it("say how much was used in a cell, and which part of all", () => {
    expect(cellWords(hours([1, 2], [997, 1_000]), { day: 1, hour: 1 })).toBe("Day 1 9 – 10 h: 1,000 credits, 50 % of all");
    expect(cellWords(hours([0]), { day: 0, hour: 0 })).toBe("Day 0 9 – 10 h: 0 credits, 0 % of all");
  });
  it("are stepped through and never left", () => {
    const at = { day: 0, hour: 23 };
    expect([stepCell("ArrowRight", at), stepCell("ArrowUp", at), stepCell("ArrowDown", at), stepCell("ArrowLeft", at)]).toEqual([at, at, { day: 1, hour: 23 }, { day: 0, hour: 22 }]);
    expect([stepCell("Home", at), stepCell("End", at, true), stepCell("Home", { day: 6, hour: 1 }, true), stepCell("a", at)]).toEqual([{ day: 0, hour: 0 }, { day: 6, hour: 23 }, { day: 0, hour: 0 }, null]);
  });
});

describe("the picture", () => {
  const clean = (svg: string) => {
    const host = document.createElement("div");
    host.append(chartNodes(svg));
    return host.innerHTML;
  };
  it("keeps what is drawn", () => {
    const drawn = '<svg width="10" height="10" viewBox="0 0 10 10"><path d="M0 0L1 1" stroke="#123456"></path><text x="1">5 k</text></svg>';
    expect(clean(drawn)).toBe(drawn);
  });
  it("keeps all of every picture that the app draws", () => {
    const pictures = Object.entries(import.meta.glob<string>("/../crates/charts/tests/snapshots/*-320x200.svg", { query: "?raw", import: "default", eager: true }));
    expect(pictures.length).toBeGreaterThan(10);
    const said = (root: ParentNode) => [...root.querySelectorAll("*")].map((node) => [node.localName, ...[...node.attributes].map(({ name, value }) => `${name}=${value}`), node.children.length === 0 ? node.textContent : ""]);
    for (const [name, svg] of pictures) expect(said(chartNodes(svg)), name).toEqual(said(new DOMParser().parseFromString(svg, "image/svg+xml")));
  });
  it("is changed where it is another one, and else stays as it is", () => {
    const host = document.createElement("div");
    const drawn = (...marks: string[]) => `<svg width="9" height="9"><g>${marks.map((mark) => `<text x="${mark}">${mark}</text>`).join("")}</g><g fill="red"><path d="M${marks.length} 0h1"></path></g></svg>`;
    for (const marks of [["1", "2", "3"], ["1", "4", "3"], ["1"], ["1", "2"], [], ["5"]]) {
      showPicture(host, drawn(...marks));
      expect(host.innerHTML).toBe(drawn(...marks));
    }
    showPicture(host, drawn("1", "2", "3"));
    const before = [...host.querySelectorAll("svg, g, text, path")];
    showPicture(host, drawn("1", "4", "3"));
    const kept = [...host.querySelectorAll("svg, g, text, path")].map((node, i) => node === before[i]);
    expect(kept).toEqual([true, true, true, false, true, true, true]);
    showPicture(host, drawn("1").replace('width="9"', 'width="8"'));
    expect(host.innerHTML).toContain('width="8"');
    showPicture(host, "<text>no picture</text>");
    expect(host.innerHTML).toBe("");
  });
  it("keeps nothing that acts", () => {
    const out = clean('<svg onload="x()"><script>x()</script><a href="javascript:x()"><text>t</text></a><image href="http://e/x.png"></image><style>*{}</style><rect style="fill:red" onclick="x()"></rect><foreignObject><b>x</b></foreignObject></svg>');
    expect(out).not.toMatch(/script|onload|onclick|href|style|image|foreignObject/i);
    expect(out).not.toMatch(/rect|<a/);
    expect(out).toContain("t");
  });
});

describe("colours", () => {
  const painter = (understands: string, pixel: number[]) => {
    let fill = "#000000";
    return {
      get fillStyle() {
        return fill;
      },
      set fillStyle(value: string) {
        if (value.startsWith("#") || value === understands) fill = value;
      },
      fillRect: vi.fn(),
      getImageData: () => ({ data: pixel }),
    } as unknown as CanvasRenderingContext2D;
  };
  it("are what one painted pixel is", () => expect(toHex("oklch(0.5 0.1 205)", painter("oklch(0.5 0.1 205)", [0, 116, 131, 255]))).toBe("#007483"));
  it("are a plain grey when the browser does not understand them", () => expect([toHex("oklch(1 2 3)", painter("", [1, 2, 3, 255])), toHex("red", null)]).toEqual(["#808080", "#808080"]));
});
