import { describe, expect, it, vi } from "vitest";
import type { Point } from "$lib/backend/types";
import { nearestPoint, stepPoint } from "./points";
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
  it("keeps nothing that acts", () => {
    const out = clean('<svg onload="x()"><script>x()</script><a href="javascript:x()"><text>t</text></a><image href="http://e/x.png"></image><style>*{}</style><rect style="fill:red" onclick="x()"></rect><foreignObject><b>x</b></foreignObject></svg>');
    expect(out).not.toMatch(/script|onload|onclick|href|style|image|foreignObject/i);
    expect(out).toContain("<rect>");
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
