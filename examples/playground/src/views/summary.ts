import { floatReasons, formatBytes, formatDecibel, formatSeconds, formatShare, type QuantReport } from "@halftone/core";
import { el, table } from "../dom.ts";
import type { Outcome } from "../job.ts";

const metricNames: Readonly<Record<string, string>> = { exactMatch: "Lines read without a mistake", characterAccuracy: "Characters read right" };

/** Before and after, in figures, and what stayed in float. */
export function summaryView({ report, plan }: Outcome): readonly HTMLElement[] {
  const reasons = floatReasons(report);
  const { multiplyAdds, nodes } = report;
  const share = multiplyAdds ? ` They do ${formatShare(multiplyAdds.integer / multiplyAdds.total)} of the multiplications.` : "";
  return [
    table("Before and after", ["", "float", "quantized", "change"], rowsOf(report)),
    el("p", {}, `${nodes.quantized} of ${nodes.total} nodes compute or move integers.${share} Compared on ${report.samples} pictures. Method: ${plan.method}.`),
    ...report.warnings.map((warning) => el("p", { class: "note" }, `Warning: ${warning}`)),
    ...(reasons.length > 0 ? [reasonsView(reasons)] : []),
  ];
}

function reasonsView(reasons: ReturnType<typeof floatReasons>): HTMLElement {
  const total = reasons.reduce((sum, { count }) => sum + count, 0);
  return el(
    "details",
    {},
    el("summary", {}, total === 1 ? "Why one node stays in float" : `Why ${total} nodes stay in float`),
    el("ul", {}, ...reasons.map(({ reason, count }) => el("li", {}, `${count} ${count === 1 ? "node" : "nodes"}: ${reason}`))),
  );
}

function rowsOf({ bytes, latency, agreement, metrics, outputs }: QuantReport): readonly (readonly string[])[] {
  const rows = [["Size", formatBytes(bytes.before), formatBytes(bytes.after), `${(bytes.after / bytes.before).toFixed(3)} of the float size`]];
  for (const [name, { float, quantized }] of Object.entries(metrics)) {
    rows.push([metricNames[name] ?? name, formatShare(float), formatShare(quantized), `${((quantized - float) * 100).toFixed(2)} points`]);
  }
  if (agreement) rows.push(["Same first class", "", formatShare(agreement.top1), ""], ["First class among the best five", "", formatShare(agreement.top5), ""]);
  for (const [name, { sqnrDb }] of Object.entries(outputs)) rows.push([`Signal to noise of ${name}`, "", formatDecibel(sqnrDb), ""]);
  if (latency) {
    const speed = latency.float / latency.quantized;
    rows.push(["Time per picture, here", formatSeconds(latency.float), formatSeconds(latency.quantized), `${speed.toFixed(2)} times as fast`]);
  }
  return rows;
}
