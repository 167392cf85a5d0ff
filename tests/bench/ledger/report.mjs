// Puts what the parts found together as measures, with their goals.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [folder, result] = process.argv.slice(2);
const all = (name) => readFileSync(`${folder}/${name}.json`, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const one = (name) => all(name)[0];
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [];
const row = (measure, value, unit, baseline, goal, met) =>
  rows.push({ measure, value, unit, baseline, ratio: baseline === null ? null : value / baseline, goal, met });

const rate = ({ entries, seconds }) => entries / seconds;
const sync = all("sync");
const bare = all("bare");
// Each sync beside the bare insert that ran right after it: the machine is shared.
const pairs = sync.map((run, index) => [rate(run), rate(bare[index])]).toSorted((a, b) => a[0] / a[1] - b[0] / b[1]);
const [ours, theirs] = pairs[Math.floor(pairs.length / 2)];
const entries = sync[0].entries;
const named = (what) => `${what}, ${entries.toLocaleString("en")} entries`;
row(named("first sync, over a bare insert of coded rows with a rollup"), ours, "entries/s", theirs, "≥ 0.5 ×", ours >= 0.5 * theirs);
row(named("the same, over a bare insert of the finished blocks"), ours, "entries/s", rate(one("blocks")), null, null);
const memory = Math.max(...sync.map((run) => run.highest_memory_kib)) / 1024;
row("most memory in the first sync", memory, "MiB", null, "≤ 143 (150 MB)", memory <= 150e6 / 2 ** 20);
const trend = one("trend");
row("twelve months by day and group, six time zones", trend.large_ms, "ms", trend.small_ms, "≤ 1 ms, ≤ 1.2 × of 10,000 entries",
  trend.large_ms <= 1 && trend.large_ms <= 1.2 * trend.small_ms);
row("the first of them after a start", trend.cold_ms, "ms", null, null, null);
if (existsSync(`${folder}/duck.json`)) {
  const duck = one("duck");
  row(`the same by DuckDB ${duck.version}, one thread, over ours`, duck.ms, "ms", trend.large_ms, "≥ 100 ×", duck.ms >= 100 * trend.large_ms);
}
const first = all("first");
const started = median(first.map((run) => run.process_ms));
row("process start to position and first trend, and its end", started, "ms", null, "≤ 25 ms", started <= 25);
row("of that, to the position", median(first.map((run) => run.position_ms)), "ms", null, null, null);
const live = one("live");
row("report of work to the new position, p99", live.since_report_p99_ms, "ms", null, "≤ 50 ms", live.since_report_p99_ms <= 50);
row("the same, median", live.since_report_p50_ms, "ms", null, null, null);
const bytes = sync[0].bytes / entries;
row("bytes on disk an entry", bytes, "bytes", bare[0].bytes / bare[0].entries, "≤ 60", bytes <= 60);
const pages = one("pages");
row("a page of 100 anywhere, p99", pages.plain_p99_ms, "ms", null, "≤ 10 ms", pages.plain_p99_ms <= 10);
row("a page of 100 of a filter, p99", pages.filtered_p99_ms, "ms", null, "≤ 10 ms", pages.filtered_p99_ms <= 10);
writeFileSync(result, JSON.stringify(rows, null, 2));
console.error(`  the slowest page took ${pages.slowest_ms.toFixed(1)} ms: ${pages.slowest}`);
