import type { Chart, Locale, Look, Period, Point, PointValue, Shape, Size, Sparkline, Step, Theme } from "./types";

const DAY = 86_400_000;
const LEFT = 44;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;
/** Beside and below the hours of a week: the names of days and hours. */
const NAMES = 34;
const HOURS = 22;
/** How much of a column's width its bar leaves free. */
const AIR = 0.24;

/** One series of a stacked chart. */
export type Series = { key: string; name: string; values: number[] };

/** What a stacked chart shows: series from the bottom up, of the columns that have begun within a range. */
export type Stacked = { range: Period; columns: readonly Period[]; step: Step; shape: Shape; series: readonly Series[]; previous: readonly number[] | null };

const ENGLISH = { months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], day: "{d} {m}", weekdayDay: "{w} {d} {m}", monthYear: "{m} {y}" };
type Dates = Pick<Locale, "months" | "weekdays" | "day" | "weekdayDay" | "monthYear">;

const fill = (pattern: string, at: number, { months, weekdays }: Dates) => {
  const date = new Date(at);
  const parts: Record<string, string> = { d: String(date.getUTCDate()), m: months[date.getUTCMonth()]!, w: weekdays[(date.getUTCDay() + 6) % 7]!, y: String(date.getUTCFullYear()) };
  return pattern.replace(/\{(\w)\}/g, (_, name: string) => parts[name]!);
};
const label = (at: number, dates: Dates = ENGLISH) => fill(dates.weekdayDay, at, dates);
const short = (at: number, dates: Dates = ENGLISH) => fill(dates.day, at, dates);
const bucketName = ({ start, end }: Period, step: Step, dates: Dates) =>
  ({ hour: `${label(start, dates)}, ${new Date(start).getUTCHours()} – ${new Date(start).getUTCHours() + 1} h`, day: label(start, dates), week: `${short(start, dates)} – ${short(end - 1, dates)}`, month: fill(dates.monthYear, start, dates) })[step];

/** An amount of an axis, in the unit of the highest. */
function compact(n: number, top: number): string {
  const [size, word] = ([[1e12, "tn"], [1e9, "bn"], [1e6, "M"], [1e3, "k"]] as const).find(([size]) => top >= size) ?? [1, ""];
  return n === 0 || word === "" ? String(n) : `${n / size} ${word}`;
}

function frame(size: Size, top: number, theme: Theme, xTicks: { at: number; label: string }[]) {
  const plot = { x: LEFT, y: TOP, width: size.width - LEFT - RIGHT, height: size.height - TOP - BOTTOM };
  const step = [1, 2, 5].flatMap((n) => Array.from({ length: 16 }, (_, e) => n * 10 ** e)).sort((a, b) => a - b).find((n) => top / n <= 5) ?? 1;
  const ceiling = Math.max(step, Math.ceil(top / step) * step);
  const y = (value: number) => plot.y + plot.height * (1 - value / ceiling);
  const yTicks = Array.from({ length: ceiling / step + 1 }, (_, i) => ({ at: y(i * step), label: compact(i * step, ceiling) }));
  const text = `fill="${theme.ink3}" font-family="${theme.font}" font-size="11"`;
  const escape = (words: string) => words.replace(/[<&]/g, (c) => `&#${c.charCodeAt(0)};`);
  const grid = [
    ...yTicks.map((t) => `<path d="M${plot.x} ${t.at}h${plot.width}" stroke="${theme.line}"/><text x="${plot.x - 8}" y="${t.at + 4}" text-anchor="end" ${text}>${t.label}</text>`),
    ...xTicks.map((t) => `<text x="${t.at}" y="${size.height - 6}" text-anchor="middle" ${text}>${escape(t.label)}</text>`),
  ].join("");
  return { plot, y, yTicks, grid };
}

const svg = (size: Size, body: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">${body}</svg>`;
const path = (points: [number, number][]) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** Columns of a range, as areas or as bars. */
export function stacked({ range, columns, step, shape, series, previous }: Stacked, { theme, locale, size }: Look): Chart {
  const totals = columns.map((_, i) => series.reduce((sum, s) => sum + s.values[i]!, 0));
  const width = size.width - LEFT - RIGHT;
  const across = (at: number) => LEFT + (width * (at - range.start)) / Math.max(1, range.end - range.start);
  const x = (i: number) => (shape === "bars" ? (across(columns[i]!.start) + across(columns[i]!.end)) / 2 : across(columns[i]!.start));
  const days = Math.round((range.end - range.start) / DAY);
  const xTicks = Array.from({ length: days }, (_, i) => i).filter((i) => i % Math.ceil(days / 5) === 0).map((i) => ({ at: across(range.start + i * DAY), label: short(range.start + i * DAY, locale) }));
  const { plot, y, yTicks, grid } = frame(size, Math.max(1, ...totals, ...(previous ?? [])), theme, xTicks);

  let base: number[] = columns.map(() => 0);
  const values: PointValue[][] = columns.map(() => []);
  const bands = series.map(({ key, name, values: own }) => {
    const [low, high] = [base, base.map((b, i) => b + own[i]!)];
    high.forEach((top, i) => values[i]!.push({ key, name, value: own[i]!, y: y(top) }));
    base = high;
    const fill = `fill="${theme.series[key] ?? theme.ink3}" opacity="0.86"${theme.contrast ? ` stroke="${theme.surface}"` : ""}`;
    if (shape === "area") return `<path d="${path([...high.map((t, i): [number, number] => [x(i), y(t)]), ...low.map((b, i): [number, number] => [x(i), y(b)]).reverse()])}Z" ${fill}/>`;
    return columns.map(({ start, end }, i) => {
      const full = across(end) - across(start);
      const wide = (full * (1 - AIR)).toFixed(1);
      return `<path d="M${(across(start) + (full * AIR) / 2).toFixed(1)} ${y(high[i]!).toFixed(1)}h${wide}V${y(low[i]!).toFixed(1)}h-${wide}z" ${fill}/>`;
    }).join("");
  });
  const before = previous?.slice(0, columns.length) ?? [];
  before.forEach((value, i) => values[i]!.push({ key: "previous", name: "Before", value, y: y(value) }));
  const line = before.length > 0 ? `<path d="${path(before.map((v, i) => [x(i), y(v)]))}" fill="none" stroke="${theme.ink2}" stroke-width="1.3" stroke-dasharray="2 3"/>` : "";
  const points: Point[] = totals.map((total, i) => ({ at: columns[i]!.start, x: x(i), label: bucketName(columns[i]!, step, locale), values: values[i]!, total }));
  return { svg: svg(size, grid + bands.join("") + line), ...size, plot, points, xTicks, yTicks, timed: true };
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
  return { svg: svg(size, grid + body.join("")), ...size, plot, points, xTicks, yTicks, timed: true };
}

/** Credits by weekday, Monday first, and hour. */
export function heatMap(credits: readonly (readonly number[])[], { theme, locale }: Look, size: Size): Chart {
  const [across, down] = [Math.floor((size.width - NAMES) / 24), Math.floor((size.height - HOURS) / 7)];
  const plot = { x: size.width - 24 * across, y: 0, width: 24 * across, height: 7 * down };
  const top = Math.max(1, ...credits.flat());
  const text = (x: number, y: number, words: string) => `<text x="${x}" y="${y}" fill="${theme.ink3}" font-family="${theme.font}" font-size="11">${words}</text>`;
  const xTicks = [0, 6, 12, 18].map((hour) => ({ at: plot.x + hour * across, label: `${hour} h` }));
  const yTicks = locale.weekdays.map((name, day) => ({ at: (day + 0.5) * down, label: name })).reverse();
  const areas = new Map<string, string>();
  credits.forEach((hours, day) => hours.forEach((value, hour) => {
    const fill = value === 0 ? `fill="${theme.line}"` : `fill="${theme.accent}" opacity="${(0.16 + (0.84 * Math.ceil((32 * value) / top)) / 32).toFixed(2)}"`;
    const [left, right] = [plot.x + hour * across, plot.x + (hour + 1) * across - 2];
    areas.set(fill, `${areas.get(fill) ?? ""}M${left},${day * down}H${right}V${(day + 1) * down - 2}H${left}z`);
  }));
  const cells = [...areas].map(([fill, d]) => `<path ${fill} d="${d}"/>`);
  const names = [...yTicks.map(({ at, label }) => text(0, at + 4, label)), ...xTicks.map(({ at, label }) => text(at, plot.height + 18, label))];
  const points = Array.from({ length: 24 }, (_, hour): Point => {
    const values = credits.map((hours, day): PointValue => ({ key: String(day), name: locale.weekdays[day]!, value: hours[hour]!, y: (day + 0.5) * down - 1 }));
    return { at: hour * (DAY / 24), x: plot.x + (hour + 0.5) * across - 1, label: `${hour} – ${hour + 1} h`, values, total: values.reduce((sum, { value }) => sum + value, 0) };
  });
  return { svg: svg(size, cells.join("") + names.join("")), ...size, plot, points, xTicks, yTicks, timed: false };
}

/** Values at equal distances as a line as small as a word. */
export function sparkline(values: readonly number[]): Sparkline {
  const [width, height, edge] = [56, 22, 1.5];
  const top = Math.max(1, ...values);
  const step = (width - 2 * edge) / Math.max(1, values.length - 1);
  const places = values.map((value, i): [number, number] => [edge + i * step, height - edge - (value / top) * (height - 2 * edge)]);
  return { path: places.length > 1 ? path(places) : "", width, height };
}
