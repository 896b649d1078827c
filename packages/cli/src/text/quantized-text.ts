import type { QuantizedSummary } from "./quantized-json.ts";
import { beforeAndAfter, nodesAndReasons } from "./report-text.ts";
import { plural } from "./units.ts";

const warningsShown = 10;

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
    ...(plan.notes ?? []).map((note) => `note: ${note}`),
    ...warningLines(report.warnings),
    "",
    `wrote ${[files.output, files.plan, ...(files.report === undefined ? [] : [files.report])].join(", ")}`,
  ].join("\n");
}

function warningLines(warnings: readonly string[]): readonly string[] {
  const rest = warnings.length - warningsShown;
  return [
    ...warnings.slice(0, warningsShown).map((warning) => `warning: ${warning}`),
    ...(rest > 0 ? [`${plural(rest, "more warning")}: see --json or --report`] : []),
  ];
}
