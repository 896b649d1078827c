export { type Bar, barChart } from "./bar-chart.ts";
export { formatBytes, formatDecibel, formatSeconds, formatShare } from "./format.ts";
export { type Html, html } from "./html.ts";
export { type ReportPage, renderReport } from "./page.ts";
export { floatReasons } from "./reasons.ts";
export { style as reportStyle } from "./style.ts";
export { table as htmlTable } from "./table.ts";
