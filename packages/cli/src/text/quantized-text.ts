import type { QuantizedSummary } from "./quantized-json.ts";
import { beforeAndAfter, nodesAndReasons } from "./report-text.ts";
import { plural } from "./units.ts";

/** The same for people. */
export function quantizedText({ files, result, target, drawn }: QuantizedSummary): string {
  const { report, plan } = result;
  const how = drawn.heldOut ? "kept apart from calibration" : "the calibration data itself: give more data than --samples for an honest figure";
  return [
    `${plan.method} for ${target.name}: ${target.note}`,
    "",
    beforeAndAfter(report),
    `measured on ${plural(report.samples, "sample")}, ${how}`,
    "",
    nodesAndReasons(report),
    ...report.warnings.map((warning) => `warning: ${warning}`),
    "",
    `wrote ${[files.output, files.plan, ...(files.report === undefined ? [] : [files.report])].join(", ")}`,
  ].join("\n");
}
