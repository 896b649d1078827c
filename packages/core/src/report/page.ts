import type { AffineEncoding, Encoding, QuantPlan, QuantReport, Rescaling } from "../spec/index.ts";
import type { NodeSensitivity } from "../verify/index.ts";
import { barChart } from "./bar-chart.ts";
import { formatBytes, formatDecibel, formatSeconds, formatShare } from "./format.ts";
import { type Html, html } from "./html.ts";
import { floatReasons } from "./reasons.ts";
import { style } from "./style.ts";
import { table } from "./table.ts";

export interface ReportPage {
  /** Shown as the heading, usually the model's file name. */
  readonly title: string;
  readonly report: QuantReport;
  readonly plan: QuantPlan;
  /** Adds the chart of what each layer costs. */
  readonly sensitivity?: readonly NodeSensitivity[];
}

/** The report as one self-contained HTML file: no script, nothing loaded from elsewhere. */
export function renderReport({ title, report, plan, sensitivity }: ReportPage): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: quantization report</title><style>${{ html: style }}</style></head><body><main>
<h1>${title}</h1>
<p>Method <b>${plan.method}</b>, target <b>${plan.target}</b>, ${report.samples} samples compared, model ${plan.model.slice(0, 12)}.</p>
${report.warnings.length === 0 ? "" : html`<section class="warnings"><h2>Warnings</h2><ul>${report.warnings.map((warning) => html`<li>${warning}</li>`)}</ul></section>`}
<section><h2>Before and after</h2>${summaryTable(report)}</section>
<section><h2>What the outputs lost</h2>${outputsTable(report)}</section>
<section><h2>What runs on integers</h2>${nodesSection(report)}</section>
${plan.notes?.length ? html`<section><h2>How the plan was found</h2><ul>${plan.notes.map((note) => html`<li>${note}</li>`)}</ul></section>` : ""}
<section><h2>What the runtime made of it</h2>${fusionSection(report)}</section>
${sensitivity ? html`<section><h2>What each layer costs</h2>${sensitivityChart(sensitivity)}</section>` : ""}
<section><h2>Where the time went</h2>${barChart(Object.entries(report.seconds).map(([label, value]) => ({ label, value, text: formatSeconds(value) })))}</section>
<details><summary>Every encoding (${Object.keys(plan.encodings).length})</summary>${encodingsTable(plan)}</details>
${operandsSection(plan)}
<details><summary>Every node (${report.nodes.total})</summary>${decisionsTable(report)}</details>
</main></body></html>
`;
  return page.html;
}

function summaryTable(report: QuantReport): Html {
  const { bytes, latency, agreement } = report;
  const rows: (readonly string[])[] = [
    ["Size", formatBytes(bytes.before), formatBytes(bytes.after), `${(bytes.after / bytes.before).toFixed(3)} of the float size`],
  ];
  if (latency)
    rows.push([
      "Latency (median)",
      formatSeconds(latency.float),
      formatSeconds(latency.quantized),
      `${(latency.float / latency.quantized).toFixed(2)} times as fast`,
    ]);
  for (const [name, { float, quantized }] of Object.entries(report.metrics)) {
    rows.push([name, formatShare(float), formatShare(quantized), `${((quantized - float) * 100).toFixed(2)} points`]);
  }
  if (agreement) rows.push(["Same first class", "", formatShare(agreement.top1), ""], ["First class among the best five", "", formatShare(agreement.top5), ""]);
  return table(["", "float", "quantized", "change"], rows);
}

function outputsTable(report: QuantReport): Html {
  const rows = Object.entries(report.outputs).map(([name, distance]) => [
    name,
    formatDecibel(distance.sqnrDb),
    distance.cosine.toFixed(6),
    distance.maxError.toPrecision(4),
  ]);
  return table(["output", "signal to noise", "cosine", "largest error"], rows);
}

function nodesSection(report: QuantReport): Html {
  const reasons = floatReasons(report);
  const { multiplyAdds } = report;
  const share = multiplyAdds ? html` <b>${formatShare(multiplyAdds.integer / multiplyAdds.total)}</b> of the multiply-adds are theirs.` : "";
  return html`<p><b>${report.nodes.quantized}</b> of ${report.nodes.total} nodes compute or move integers.${share} The others compute in float, because:</p>
${barChart(reasons.map(({ reason, count }) => ({ label: reason, value: count, text: String(count) })))}`;
}

function fusionSection(report: QuantReport): Html {
  const { fusion } = report;
  if (!fusion.checked) return html`<p>Not checked: this backend cannot show its optimized model.</p>`;
  const operators = Object.entries(fusion.integerOperators).sort(([, left], [, right]) => right - left);
  return html`<p>Operators on integers in ONNX Runtime's own optimized model:</p>
${barChart(operators.map(([label, value]) => ({ label, value, text: String(value) })))}
${
  fusion.findings.length === 0
    ? html`<p>No pair was left unfused, no planned operator stayed in float.</p>`
    : table(
        ["finding", "where", "detail"],
        fusion.findings.map((finding) => [finding.kind, finding.where, finding.detail]),
      )
}`;
}

function sensitivityChart(rows: readonly NodeSensitivity[]): Html {
  const worst = [...rows].sort((left, right) => left.isolated.sqnrDb - right.isolated.sqnrDb).slice(0, 40);
  return html`<p>Signal to noise at the output with only this node on integers; short bars hurt.</p>
${barChart(worst.map((row) => ({ label: `${row.node} (${row.op})`, value: Number.isFinite(row.isolated.sqnrDb) ? Math.max(row.isolated.sqnrDb, 0) : 100, text: formatDecibel(row.isolated.sqnrDb) })))}`;
}

function encodingsTable(plan: QuantPlan): Html {
  return table(
    ["tensor", "type", "granularity", "scale", "zero point"],
    Object.entries(plan.encodings).map(([tensor, encoding]) => [
      tensor,
      typeOf(encoding),
      granularityOf(encoding),
      rangeText(encoding.scale),
      rangeText(encoding.zeroPoint),
    ]),
  );
}

/** Grids that products read instead of what is stored. */
function operandsSection({ operands = {} }: QuantPlan): Html | string {
  const rows = Object.entries(operands).map(([tensor, { encoding, rescaling }]) => [tensor, ...gridOf(encoding), rescalingOf(rescaling)]);
  if (rows.length === 0) return "";
  return html`<details><summary>Every operand with a grid of its own (${rows.length})</summary>${table(["tensor", "type", "scale", "zero point", "rescaled"], rows)}</details>`;
}

function gridOf(encoding: Encoding): readonly [type: string, scale: string, zeroPoint: string] {
  switch (encoding.kind) {
    case "affine":
      return [typeOf(encoding), rangeText(encoding.scale), rangeText(encoding.zeroPoint)];
    case "twin": {
      const [low, high] = [gridOf(encoding.low), gridOf(encoding.high)];
      return [`twin of ${low[0]}, apart at ${encoding.threshold.toPrecision(4)}`, `${low[1]} and ${high[1]}`, `${low[2]} and ${high[2]}`];
    }
    case "log":
      return [`logarithm of base ${encoding.base}, ${encoding.bits} bits`, encoding.scale.toPrecision(6), ""];
    default:
      return encoding satisfies never;
  }
}

function rescalingOf(rescaling: Rescaling | undefined): string {
  if (!rescaling) return "";
  return `per channel by ${rangeText(rescaling.scale)}${rescaling.shift ? `, shifted by ${rangeText(rescaling.shift)}` : ""}`;
}

function typeOf(encoding: AffineEncoding): string {
  return encoding.bits === undefined ? encoding.dtype : `${encoding.dtype}, ${encoding.bits} bits used`;
}

function granularityOf(encoding: AffineEncoding): string {
  if (encoding.axis === undefined) return "tensor";
  return encoding.block === undefined ? `channel (axis ${encoding.axis})` : `blocks of ${encoding.block} (axis ${encoding.axis})`;
}

function rangeText(values: readonly number[]): string {
  const least = values.reduce((left, right) => Math.min(left, right));
  const most = values.reduce((left, right) => Math.max(left, right));
  return least === most ? least.toPrecision(6) : `${least.toPrecision(4)} to ${most.toPrecision(4)}`;
}

function decisionsTable(report: QuantReport): Html {
  return table(
    ["node", "mode", "reason"],
    Object.entries(report.nodes.decisions).map(([node, decision]) => [node, decision.mode, "reason" in decision ? decision.reason : ""]),
  );
}
