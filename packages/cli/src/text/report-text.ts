import { floatReasons, formatBytes, formatDecibel, formatSeconds, formatShare, type QuantReport } from "@halftone/core";
import { alignColumns } from "./table.ts";

type Row = readonly [label: string, float: string, quantized: string, change: string];

/** Before and after, for people. */
export function beforeAndAfter(report: Pick<QuantReport, "bytes" | "latency" | "metrics" | "agreement" | "outputs" | "samples">): string {
  const { bytes, latency, metrics, agreement, samples } = report;
  const rows: Row[] = [
    ["", "float", "quantized", ""],
    ["size", formatBytes(bytes.before), formatBytes(bytes.after), `${(bytes.after / bytes.before).toFixed(3)} of float`],
  ];
  if (latency)
    rows.push(["latency", formatSeconds(latency.float), formatSeconds(latency.quantized), `${(latency.float / latency.quantized).toFixed(2)} times as fast`]);
  for (const [name, { float, quantized }] of Object.entries(metrics)) {
    rows.push([
      name,
      formatShare(float),
      formatShare(quantized),
      `${points(quantized - float)} points${name === "top1" ? standardError(agreement, samples) : ""}`,
    ]);
  }
  if (agreement) rows.push(["agreement", "", formatShare(agreement.top1), "same first class"]);
  for (const [name, { sqnrDb, cosine }] of Object.entries(report.outputs)) {
    rows.push([`output ${name}`, "", formatDecibel(sqnrDb), `signal to noise; cosine ${cosine.toFixed(5)}`]);
  }
  return alignColumns(rows);
}

/** How many nodes run on integers, and why the others do not. */
export function nodesAndReasons({ nodes, multiplyAdds }: Pick<QuantReport, "nodes" | "multiplyAdds">): string {
  const reasons = floatReasons({ nodes });
  const share = multiplyAdds === undefined ? "" : `, with ${formatShare(multiplyAdds.integer / multiplyAdds.total)} of the multiply-adds`;
  const head = `${nodes.quantized} of ${nodes.total} nodes quantized${share}${reasons.length === 0 ? "" : "; in float:"}`;
  return [head, ...reasons.map(({ reason, count }) => `${String(count).padStart(6)}  ${reason}`)].join("\n");
}

/**
 * Both models saw the same samples: with a share d of changed answers the difference has a standard error of sqrt(d / n).
 * Not every changed answer changes a verdict, so this is its upper bound.
 */
function standardError(agreement: QuantReport["agreement"], samples: number): string {
  return agreement === undefined ? "" : `, standard error at most ${(100 * Math.sqrt((1 - agreement.top1) / samples)).toFixed(2)}`;
}

function points(difference: number): string {
  const value = (100 * difference).toFixed(2);
  return difference > 0 ? `+${value}` : value;
}
