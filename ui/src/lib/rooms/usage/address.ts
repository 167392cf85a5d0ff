import type { Label, RangeName, Shape, SplitBy, Step, UsageQuery } from "$lib/backend/types";
import type { Params } from "$lib/state/address";

/** The ranges, in the order that they are offered. */
export const RANGES: readonly RangeName[] = ["7d", "30d", "this_period", "last_period", "90d", "12m", "custom"];
const STEPS: readonly Step[] = ["hour", "day", "week", "month"];
/** What a chart can be split by. */
export const SPLITS: readonly SplitBy[] = ["group", "feature", "member", "channel", "source"];
/** How it can be drawn. */
export const SHAPES: readonly Shape[] = ["area", "bars"];
/** What it can be filtered by. */
export const LABELS: readonly Label[] = ["member", "channel", "source"];

/** What the Usage room shows where the address says nothing. */
export const USUAL: UsageQuery = { range: "this_period", from: null, to: null, step: null, by: "group", compare: false, shape: "area", of: null };

const known = <T extends string>(values: readonly T[], word: string | null): T | null => values.find((value) => value === word) ?? null;

function instant(word: string | null): number | null {
  const at = word === null || word === "" ? NaN : Number(word);
  return Number.isSafeInteger(at) ? at : null;
}

/** What an address asks the Usage room for. What it does not say, or says in words that nobody knows, is as usual. */
export function usageQuery(params: URLSearchParams): UsageQuery {
  const label = known(LABELS, params.get("of"));
  const name = params.get("name");
  const range = known(RANGES, params.get("range")) ?? USUAL.range;
  const isCustom = range === "custom";
  return {
    range,
    from: isCustom ? instant(params.get("from")) : null,
    to: isCustom ? instant(params.get("to")) : null,
    step: known(STEPS, params.get("step")),
    by: known(SPLITS, params.get("by")) ?? USUAL.by,
    compare: params.get("compare") === "1",
    shape: known(SHAPES, params.get("shape")) ?? USUAL.shape,
    of: label !== null && name !== null ? { label, name } : null,
  };
}

/** The same as an address has it: only what is not as usual. */
export function usageParams(query: UsageQuery): Params {
  const unusual = <T>(value: T, usual: T): T | null => (value === usual ? null : value);
  return {
    range: unusual(query.range, USUAL.range),
    from: query.from,
    to: query.to,
    step: query.step,
    by: unusual(query.by, USUAL.by),
    compare: query.compare ? "1" : null,
    shape: unusual(query.shape, USUAL.shape),
    of: query.of?.label ?? null,
    name: query.of?.name ?? null,
  };
}
