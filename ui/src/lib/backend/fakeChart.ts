import type { Chart, Point, PointValue, Size, Theme } from "./types";

const DAY = 86_400_000;
const LEFT = 44;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

/** One series of a stacked chart. */
export type Series = { key: string; name: string; values: number[] };

const label = (at: number) => new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(at).replace(",", "");
const short = (at: number) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(at);
const compact = (n: number) => (n >= 1_000 ? `${n / 1_000} k` : String(n));

function frame(size: Size, top: number, theme: Theme, xTicks: { at: number; label: string }[]) {
  const plot = { x: LEFT, y: TOP, width: size.width - LEFT - RIGHT, height: size.height - TOP - BOTTOM };
  const step = [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4].map((e) => n * 10 ** e)).sort((a, b) => a - b).find((n) => top / n <= 5) ?? 1;
  const ceiling = Math.max(step, Math.ceil(top / step) * step);
  const y = (value: number) => plot.y + plot.height * (1 - value / ceiling);
  const yTicks = Array.from({ length: ceiling / step + 1 }, (_, i) => ({ at: y(i * step), label: compact(i * step) }));
  const text = `fill="${theme.ink3}" font-family="${theme.font}" font-size="11"`;
  const grid = [
    ...yTicks.map((t) => `<line x1="${plot.x}" x2="${plot.x + plot.width}" y1="${t.at}" y2="${t.at}" stroke="${theme.line}"/><text x="${plot.x - 8}" y="${t.at + 4}" text-anchor="end" ${text}>${t.label}</text>`),
    ...xTicks.map((t) => `<text x="${t.at}" y="${size.height - 6}" text-anchor="middle" ${text}>${t.label}</text>`),
  ].join("");
  return { plot, y, yTicks, grid };
}

const svg = (size: Size, body: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">${body}</svg>`;
const path = (points: [number, number][]) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** A stacked area by day, of `days` days from `start` of which the series cover the first. */
export function stacked(start: number, days: number, series: Series[], previous: number[] | null, theme: Theme, size: Size): Chart {
  const known = series[0]?.values.length ?? 0;
  const totals = Array.from({ length: known }, (_, i) => series.reduce((sum, s) => sum + s.values[i]!, 0));
  const x = (i: number) => LEFT + ((size.width - LEFT - RIGHT) * i) / Math.max(1, days - 1);
  const xTicks = Array.from({ length: days }, (_, i) => i).filter((i) => i % Math.ceil(days / 5) === 0).map((i) => ({ at: x(i), label: short(start + i * DAY) }));
  const { plot, y, yTicks, grid } = frame(size, Math.max(1, ...totals, ...(previous ?? [])), theme, xTicks);

  let base: number[] = Array.from({ length: known }, () => 0);
  const values: PointValue[][] = base.map(() => []);
  const areas = series.map(({ key, name, values: own }) => {
    const tops = base.map((b, i) => b + own[i]!);
    tops.forEach((top, i) => values[i]!.push({ key, name, value: own[i]!, y: y(top) }));
    const outline = path([...tops.map((t, i): [number, number] => [x(i), y(t)]), ...base.map((b, i): [number, number] => [x(i), y(b)]).reverse()]);
    base = tops;
    return `<path d="${outline}Z" fill="${theme.series[key] ?? theme.ink3}" opacity="0.82"/>`;
  });
  const before = previous ? `<path d="${path(previous.map((v, i) => [x(i), y(v)]))}" fill="none" stroke="${theme.ink2}" stroke-width="1.3" stroke-dasharray="2 3"/>` : "";
  const points: Point[] = totals.map((total, i) => ({ at: start + i * DAY, x: x(i), label: label(start + i * DAY), values: values[i]!, total }));
  return { svg: svg(size, grid + areas.join("") + before), ...size, plot, points, xTicks, yTicks };
}

/** What was left at the end of each day of a period, an even pace, and how the rest may go. */
export function burnDown(start: number, days: number, left: number[], allowance: number, theme: Theme, size: Size): Chart {
  const x = (i: number) => LEFT + ((size.width - LEFT - RIGHT) * i) / days;
  const xTicks = [0, 7, 14, 21, days].map((i) => ({ at: x(i), label: short(start + i * DAY) }));
  const { plot, y, yTicks, grid } = frame(size, Math.max(allowance, ...left), theme, xTicks);
  const line = left.map((v, i): [number, number] => [x(i), y(v)]);
  const now = line.at(-1)!;
  const floor = y(0);
  const pace = (left[0]! - left.at(-1)!) / Math.max(1, left.length - 1) || 1;
  const outAt = Math.min(days, left.length - 1 + left.at(-1)! / Math.max(1, pace));
  const body = [
    `<path d="${path([...line, [now[0], floor], [x(0), floor]])}Z" fill="${theme.accent}" opacity="0.1"/>`,
    `<path d="${path([now, [x(days), y(left.at(-1)! * 0.3)], [x(days), floor], [x(Math.max(left.length, outAt - 1.5)), floor]])}Z" fill="${theme.warn}" opacity="0.16"/>`,
    `<path d="${path([now, [x(outAt), floor]])}" fill="none" stroke="${theme.warn}" stroke-width="1.8" stroke-dasharray="4 4"/>`,
    `<path d="${path([[x(0), y(allowance)], [x(days), floor]])}" fill="none" stroke="${theme.ink3}" opacity="0.55"/>`,
    `<path d="${path(line)}" fill="none" stroke="${theme.accent}" stroke-width="2.2" stroke-linejoin="round"/>`,
    `<circle cx="${now[0]}" cy="${now[1]}" r="4" fill="${theme.accent}" stroke="${theme.surface}" stroke-width="2"/>`,
  ];
  const points: Point[] = left.map((value, i) => ({ at: start + i * DAY, x: x(i), label: label(start + i * DAY), values: [{ key: "available", name: "Left", value, y: y(value) }], total: value }));
  return { svg: svg(size, grid + body.join("")), ...size, plot, points, xTicks, yTicks };
}
