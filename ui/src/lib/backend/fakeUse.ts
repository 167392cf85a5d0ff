import { heatMap, stacked } from "./fakeChart";
import type {
  AppError, Cause, Controls, ControlsPreview, ControlsWish, FeatureControl, Label, LedgerNames, Look, Period, Picture, RunOut, Size, Step, UsageQuery, UsageRow, UsageView, Why, WorkspaceSummary, Written,
} from "./types";

const DAY = 86_400_000;
const HOUR = DAY / 24;
/** So many names are told one by one; the others are one row. */
const NAMED = 8;
/** Part of the usage that names nobody. */
const NAMELESS = 0.04;

/** A feature of the invented catalogue. */
export type FakeFeature = { id: string; name: string; group: string; rate: number; mean: number };

/** What the invented usage is made of. */
export type FakeWorld = {
  scenario: string;
  now: number;
  period: Period;
  /** When the first entry was made: before it there is nothing. */
  began: number;
  features: readonly FakeFeature[];
  groups: readonly (readonly [id: string, name: string])[];
  /** Credits of a feature on the days of the period, where they are told; else they are made up. */
  daily: (feature: string, day: number) => number | undefined;
  names: () => LedgerNames;
  mayChange: boolean;
  hasUse: boolean;
  available: () => number;
};

const GROUP_NAMES = ["replies", "classification", "summaries", "syncs", "translation", "voice", "routing", "quality"];
const NAMES = [
  "Automated responses", "<script>alert(1)</script>", "الردود التلقائية على رسائل العملاء", "סיכום שיחות ארוכות",
  "Summaries of long conversations for people who take a case over",
];

/** Forty features, some of them with names and numbers that are hard to show. */
export const MANY: readonly FakeFeature[] = Array.from({ length: 40 }, (_, i) => ({
  id: `feature-${i + 1}`,
  name: NAMES[i] ?? (i % 7 === 5 ? `Feature ${i + 1}, whose name is as long as sixty characters allow it` : `Feature ${i + 1}`),
  group: GROUP_NAMES[i % GROUP_NAMES.length]!,
  rate: 1 + (i % 3),
  mean: i === 3 ? Number.MAX_SAFE_INTEGER / 30 : 900 / (i + 1),
}));

const PEOPLE = ["Ana Ruiz", "Ben Okafor", "Chidi Eze", "Dana Levi", "Eli Novak", "Fatima Zahra", "Grace Lin", "Hugo Weber", "Ines Costa", "Jonas Berg", "Kavya Rao", "Liam Byrne"];
const CHANNELS = ["Chat", "Email", "Phone", "Help centre"];
const SOURCES = ["inbox", "automation", "help-centre-sync"];

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** A number from 0 to 1 that looks like chance and is always the same for the same text. */
function chance(seed: string): number {
  let hash = 7;
  for (const letter of seed) hash = (hash * 31 + letter.charCodeAt(0)) % 2_147_483_647;
  return ((hash * 16_807) % 2_147_483_647) / 2_147_483_647;
}

const midnight = (at: number) => Math.floor(at / DAY) * DAY;
const monday = (at: number) => midnight(at) - ((new Date(at).getUTCDay() + 6) % 7) * DAY;
const monthStart = (at: number, months = 0) => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() + months, 1);
const nextBoundary = (at: number, step: Step) => ({ hour: Math.floor(at / HOUR) * HOUR + HOUR, day: midnight(at) + DAY, week: monday(at) + 7 * DAY, month: monthStart(at, 1) })[step];

function buckets({ start, end }: Period, step: Step): Period[] {
  const found: Period[] = [];
  for (let at = start; at < end; ) {
    const next = Math.min(nextBoundary(at, step), end);
    found.push({ start: at, end: next });
    at = next;
  }
  return found;
}

/** How much of a day falls on each of its hours. */
const HOURS = Array.from({ length: 24 }, (_, h) => Math.exp(-((h - 13) ** 2) / 22));
const hourShare = (hour: number) => HOURS[hour]! / sum(HOURS);

/** The invented usage, its reasons and its controls. */
export function fakeUse(world: FakeWorld) {
  const { now, features } = world;
  const controls = new Map<string, Pick<FeatureControl, "on" | "cap" | "since">>(features.map(({ id }, i) => [id, { on: true, cap: i === 0 ? 1_500 : null, since: i === 0 ? now - 12 * DAY : null }]));
  let automation = true;

  let ofLedger: LedgerNames | undefined;
  const names = (label: Label): readonly string[] => {
    const { members, channels, sources } = (ofLedger ??= world.names());
    const known = { member: members, channel: channels, source: sources }[label];
    return known.length > 0 ? known : { member: PEOPLE, channel: CHANNELS, source: SOURCES }[label];
  };
  /** Which part of everything has a name. */
  const share = (label: Label, name: string): number => {
    const all = names(label);
    const weights = all.map((_, i) => 1 / (i + 1));
    const at = all.indexOf(name);
    return at < 0 ? 0 : ((1 - NAMELESS) * weights[at]!) / sum(weights);
  };

  const onDay = ({ id, mean, rate }: FakeFeature, at: number): number => {
    if (!world.hasUse || at < world.began || at > now) return 0;
    const told = at >= world.period.start ? world.daily(id, Math.round((at - world.period.start) / DAY)) : undefined;
    if (told !== undefined) return told;
    const weekday = [0.35, 1, 1.12, 1.05, 1, 0.93, 0.3][new Date(at).getUTCDay()]!;
    return Math.round((mean * 0.85 * weekday * (0.8 + chance(id + at) * 0.4)) / rate) * rate;
  };
  const within = (feature: FakeFeature, { start, end }: Period): number => {
    let total = 0;
    for (let day = midnight(start); day < end; day += DAY) {
      const credits = onDay(feature, day);
      if (start <= day && day + DAY <= end) total += credits;
      else for (let h = 0; h < 24; h++) total += start <= day + h * HOUR && day + h * HOUR < end ? Math.round(credits * hourShare(h)) : 0;
    }
    return total;
  };
  const all = (range: Period) => sum(features.map((feature) => within(feature, range)));

  const rangeOf = (query: UsageQuery): Period => {
    const today = midnight(now) + DAY;
    const back = (days: number) => ({ start: today - days * DAY, end: today });
    const noPeriod: AppError = { code: "no_period", message: "This workspace has no such usage period.", advice: "Choose another range.", detail: null };
    switch (query.range) {
      case "7d":
        return back(7);
      case "30d":
        return back(30);
      case "90d":
        return back(90);
      case "12m":
        return { start: monthStart(now, -11), end: monthStart(now, 1) };
      case "this_period":
        if (world.scenario === "no_plan") throw noPeriod;
        return world.period;
      case "last_period":
        if (["no_plan", "trial", "young"].includes(world.scenario)) throw noPeriod;
        return { start: monthStart(world.period.start, -1), end: world.period.start };
      case "custom": {
        const advice = "Choose a first day, and a last day that is not before it.";
        if (query.from === null || query.to === null) throw { code: "bad_range", message: "A custom range needs both ends.", advice, detail: null } satisfies AppError;
        if (query.to <= query.from) throw { code: "bad_range", message: "The range ends before it starts.", advice, detail: null } satisfies AppError;
        return { start: query.from, end: query.to };
      }
    }
  };
  const previousOf = (range: Period): Period | null => {
    const length = Math.min(range.end, now) - range.start;
    const previous = { start: range.start - (range.end - range.start), end: range.start - (range.end - range.start) + length };
    return previous.end > world.began ? previous : null;
  };
  const stepsOf = ({ start, end }: Period): Step[] => {
    const days = (end - start) / DAY;
    return (["hour", "day", "week", "month"] as const).filter((step) => ({ hour: days <= 14, day: days <= 400, week: days > 14, month: days > 62 })[step]);
  };

  const of = (query: UsageQuery) => (query.of ? share(query.of.label, query.of.name) : 1);
  const part = (value: number, share: number) => (share === 1 ? value : Math.round(value * share));

  const rowsBy = (query: UsageQuery, range: Period, previous: Period | null): UsageRow[] => {
    const days = Math.max(1, Math.ceil((Math.min(range.end, now) - range.start) / DAY));
    const row = (key: string, name: string, names: number, group: string | null, credits: number, before: number | null, rate: number | null): UsageRow => ({
      key, name, group, names, credits, actions: Math.round(credits / (rate ?? 1.2)), perDay: credits / days, share: 0, previous: before, rate, rateAssumed: rate !== null && rate < 20,
    });
    const rows: UsageRow[] = [];
    if (query.by === "group" || query.by === "feature") {
      rows.push(...features.map((f) => row(f.id, f.name, 1, f.group, part(within(f, range), of(query)), previous && part(within(f, previous), of(query)), f.rate)));
    } else {
      const label = query.by;
      const [total, before] = [part(all(range), of(query)), previous && part(all(previous), of(query))];
      const known = names(label);
      const piece = (share: number) => [Math.round(total * share), before === null ? null : Math.round(before * share * (0.7 + share))] as const;
      known.slice(0, NAMED).forEach((name) => rows.push(row(name, name, 1, null, ...piece(share(label, name)), null)));
      if (known.length > NAMED) rows.push(row("", "", known.length - NAMED, null, ...piece(sum(known.slice(NAMED).map((name) => share(label, name)))), null));
      rows.push(row("", "", 0, null, ...piece(NAMELESS), null));
    }
    const total = sum(rows.map(({ credits }) => credits));
    return rows.map((r) => ({ ...r, share: total === 0 ? 0 : r.credits / total })).sort((a, b) => b.credits - a.credits);
  };

  const seriesBy = (query: UsageQuery, columns: Period[]) => {
    const by = (key: string, name: string, members: readonly FakeFeature[], share: number) => ({ key, name, values: columns.map((column) => part(sum(members.map((f) => within(f, column))), of(query) * share)) });
    switch (query.by) {
      case "group":
        return world.groups.map(([id, name]) => by(id, name, features.filter(({ group }) => group === id), 1)).reverse();
      case "feature":
        return features.map((f) => by(f.id, f.name, [f], 1)).reverse();
      default: {
        const label = query.by;
        const known = names(label);
        const named = known.slice(0, NAMED).map((name) => by(name, name, features, share(label, name)));
        const others = known.length > NAMED ? [by("", `${known.length - NAMED} others`, features, sum(known.slice(NAMED).map((name) => share(label, name))))] : [];
        return [...named, ...others, by("", "Not named", features, NAMELESS)].reverse();
      }
    }
  };

  const runsOutIn = (days: number): RunOut => {
    const at = now + days * DAY;
    return at >= world.period.end ? { verdict: "lasts_to_refresh", at: null, from: null, to: null } : { verdict: "runs_out", at, from: now + days * 0.8 * DAY, to: now + days * 1.3 * DAY };
  };
  const paceWith = (wish: ControlsWish | null) =>
    sum(features.map(({ id, mean }, i) => {
      const on = wish?.features[id]?.on ?? controls.get(id)!.on;
      const cap = wish?.features[id]?.cap;
      const runs = on && (needsAutomation(i) ? (wish?.automation ?? automation) : true);
      return runs ? Math.min(mean, cap && cap.credits !== null ? cap.credits / 30 : mean) : 0;
    }));
  const needsAutomation = (i: number) => i === 0;

  const state = (): Controls => ({
    mayChange: world.mayChange, automation,
    features: features.map((f, i) => ({ feature: f.id, name: f.name, group: f.group, ...controls.get(f.id)!, used: within(f, world.period), needsAutomation: needsAutomation(i) })),
  });

  return {
    view: (workspace: WorkspaceSummary, query: UsageQuery, look: Look, heat: Size): UsageView => {
      const range = rangeOf(query);
      const begun = { start: range.start, end: Math.min(range.end, now + 1) };
      const previous = previousOf(range);
      const steps = stepsOf(range);
      const fits = (range.end - range.start) / DAY > 100 ? "week" : "day";
      const step = query.step !== null && steps.includes(query.step) ? query.step : fits;
      const columns = buckets(begun, step);
      const rows = rowsBy(query, range, previous);
      const credits = sum(rows.map((row) => row.credits));
      const days = buckets(begun, "day").map((day) => ({ at: day.start, credits: part(all(day), of(query)) }));
      const busiest = days.reduce((best, day) => (day.credits > best.credits ? day : best), { at: 0, credits: 0 });
      const before = previous && query.compare ? buckets(previous, step).map((column) => part(all(column), of(query))) : null;
      const week = Array.from({ length: 7 }, (_, d) => Array.from({ length: 24 }, (_, h) => Math.round((credits > 0 ? 90 : 0) * of(query) * Math.exp(-((h - 13) ** 2) / 22) * (d > 4 ? 0.25 : 1) * (0.75 + chance(`${d} ${h}`) * 0.4))));
      return {
        workspace, asOf: now, range, step, steps, credits, actions: sum(rows.map((row) => row.actions)), perDay: credits / Math.max(1, days.length),
        previousCredits: previous && part(all(previous), of(query)), busiest: busiest.credits > 0 ? busiest : null, workHoursShare: credits > 0 ? 0.61 : null,
        chart: stacked({ range, columns, step, shape: query.shape, series: seriesBy(query, columns), previous: before }, look), by: query.by, rows,
        heat: heatMap(week, look, heat),
      };
    },
    why: (query: UsageQuery): Why => {
      const range = rangeOf(query);
      const begun = { start: range.start, end: Math.min(range.end, now) };
      const previous = previousOf(range);
      const [credits, before] = [part(all(begun), of(query)), previous ? part(all(previous), of(query)) : 0];
      if (previous === null || !world.hasUse) return { range: begun, previous, credits, before, causes: [] };
      const rise = credits - before || 1;
      const ofFeature = ({ id, name, group, ...rest }: FakeFeature, i: number): Cause => {
        const [now_, then] = [within({ id, name, group, ...rest }, begun), within({ id, name, group, ...rest }, previous)];
        return { of: "feature", key: id, name, group, credits: now_, before: then, part: (now_ - then) / rise, since: i === 0 ? range.start + 11 * DAY : null, times: i === 0 ? 2.1 : null };
      };
      const byFeature = features.map(ofFeature).sort((a, b) => Math.abs(b.part) - Math.abs(a.part)).slice(0, 3);
      const channel = names("channel")[0]!;
      return { range: begun, previous, credits, before, causes: [...byFeature, { of: "channel", key: channel, name: channel, group: null, credits: Math.round(credits * 0.5), before: Math.round(credits * 0.5 - rise * 0.7), part: 0.7, since: null, times: null }] };
    },
    controls: state,
    preview: (wish: ControlsWish): ControlsPreview => {
      const [pace, then] = [paceWith(null), paceWith(wish)];
      const days = (world.period.end - now) / DAY;
      const lasts = world.scenario === "many" ? 2 : world.available() / Math.max(1, pace);
      return { now: runsOutIn(lasts), then: runsOutIn((lasts * pace) / Math.max(1e-9, then)), expectedNow: Math.round(pace * days), expectedThen: Math.round(then * days) };
    },
    set: (wish: ControlsWish): Controls => {
      if (world.scenario === "offline") throw { code: "unreachable", message: "The service cannot be reached, so nothing was changed.", advice: "Try again when it can.", detail: null } satisfies AppError;
      automation = wish.automation ?? automation;
      for (const [id, { on, cap }] of Object.entries(wish.features)) {
        const old = controls.get(id)!;
        controls.set(id, { on: on ?? old.on, cap: cap ? cap.credits : old.cap, since: now });
      }
      return state();
    },
    picture: (of: Picture["of"], format: string): Written => {
      if (world.scenario === "damaged") throw { code: "not_written", message: "The file could not be written.", advice: "Free some space, or choose another folder for downloads.", detail: "ENOSPC" } satisfies AppError;
      return { path: `/home/ana/Downloads/northwind-${of === "heat_map" ? "hours" : "usage"}.${format}`, entries: 0, bytes: 24_000 };
    },
  };
}
