import { floatReasons, type Json, type QuantResult, type Target } from "@halftone/core";
import type { Draw } from "../data/draw.ts";
import type { Judgement } from "../tolerance.ts";
import { comparisonJson } from "./comparison-json.ts";
import { finiteOrNull } from "./units.ts";

export interface QuantizedSummary {
  /** As the user wrote them. */
  readonly files: { readonly model: string; readonly output: string; readonly plan: string; readonly report: string | undefined };
  readonly result: QuantResult;
  readonly target: Target;
  readonly judgement: Judgement | undefined;
  readonly drawn: Draw;
}

/** What `quantize --json` answers: the keys of `compare`, and what was done. */
export function quantizedJson({ files, result, judgement, drawn }: QuantizedSummary): { readonly [key: string]: Json } {
  const { report, plan } = result;
  return {
    model: files.model,
    output: files.output,
    plan: files.plan,
    report: files.report ?? null,
    method: plan.method,
    target: plan.target,
    ...comparisonJson(report),
    outputs: Object.fromEntries(
      Object.entries(report.outputs).map(([name, { sqnrDb, cosine, maxError }]) => [
        name,
        { sqnrDb: finiteOrNull(sqnrDb), cosine: finiteOrNull(cosine), maxError: finiteOrNull(maxError) },
      ]),
    ),
    nodes: { quantized: report.nodes.quantized, total: report.nodes.total, float: floatReasons(report) },
    multiplyAdds: report.multiplyAdds === undefined ? null : { ...report.multiplyAdds },
    fusion: {
      checked: report.fusion.checked,
      integerOperators: report.fusion.integerOperators,
      findings: report.fusion.findings.map((finding) => ({ ...finding })),
    },
    samples: { calibration: drawn.calibration.length, verification: drawn.verification.length, heldOut: drawn.heldOut },
    tolerance: judgement === undefined ? null : { ...judgement },
    notes: plan.notes ?? [],
    seconds: report.seconds,
    warnings: report.warnings,
  };
}
