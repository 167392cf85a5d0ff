// How long ECharts takes to draw 365 days of five areas as SVG on a server, in milliseconds: the median of many runs.
//
// node echarts.mjs FOLDER-WITH-NODE_MODULES

import { createRequire } from "node:module";
import { resolve } from "node:path";

const echarts = createRequire(resolve(process.argv[2], "package.json"))("echarts");
const days = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
const values = (seed) => days.map((_, day) => 40 + ((day * 7919 + seed * 104_729) % 97));
const option = {
  animation: false,
  xAxis: { type: "category", data: days },
  yAxis: { type: "value" },
  series: [1, 2, 3, 4, 5].map((seed) => ({ type: "line", stack: "all", areaStyle: {}, symbol: "none", data: values(seed) })),
};
const times = [];
for (let run = 0; run < 60; run++) {
  const begin = performance.now();
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 890, height: 262 });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  if (svg.length < 10_000) throw new Error(`drew only ${svg.length} characters`);
  // What the first ones compile is not theirs.
  if (run >= 10) times.push(performance.now() - begin);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ version: echarts.version, ms: times[Math.floor(times.length / 2)] }));
