export { formatBytes, formatDecibel, formatSeconds, formatShare } from "./format.ts";
export { type ReportPage, renderReport } from "./page.ts";
export { floatReasons } from "./reasons.ts";
