// Puts what the window, the charts and the bundle came to together as measures, with their goals.
//
// node report.mjs FOLDER RESULT.json

import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const [folder, result] = process.argv.slice(2);
const rows = JSON.parse(readFileSync(`${folder}/window.json`, "utf8"));
const charts = readFileSync(`${folder}/charts.json`, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const goals = charts.filter(({ drawn }) => drawn);
for (const { measure, value, unit, baseline, ratio, drawn } of charts) {
  rows.push({ measure, value, unit, baseline, ratio, goal: drawn ? "≤ 1 ms" : null, met: drawn ? value <= 1 : null });
}
if (existsSync(`${folder}/echarts.json`)) {
  const { version, ms } = JSON.parse(readFileSync(`${folder}/echarts.json`, "utf8"));
  const area = goals[0].value;
  rows.push({
    measure: `the area by ECharts ${version} in Node, over ours`, value: ms, unit: "ms", baseline: area, ratio: ms / area,
    goal: "≥ 20 ×", met: ms >= 20 * area,
  });
}
const assets = readdirSync("ui/dist/assets").filter((name) => /\.(js|css)$/.test(name));
const bytes = [...assets.map((name) => `assets/${name}`), "index.html"]
  .map((name) => gzipSync(readFileSync(`ui/dist/${name}`), { level: 9 }).length)
  .reduce((sum, length) => sum + length, 0);
rows.push({ measure: "the window's code, gzipped, without fonts", value: bytes / 1000, unit: "kB", baseline: null, ratio: null, goal: "≤ 150 kB", met: bytes <= 150_000 });
writeFileSync(result, JSON.stringify(rows, null, 2));
