import type { Backend, CalibrationSource, GraphView, Metric, ModelFiles, QuantPlan, QuantReport } from "../spec/index.ts";
import { compareModels } from "./compare.ts";
import { checkFusion } from "./fusion-check.ts";
import { multiplyAdds } from "./multiply-adds.ts";

export interface VerifyOptions {
  readonly float: ModelFiles;
  readonly quantized: ModelFiles;
  readonly plan: QuantPlan;
  /** The normalized graph that the plan speaks of, and what is known of its values' shapes. */
  readonly graph: GraphView;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly backend: Backend;
  readonly source: CalibrationSource;
  readonly samples?: number;
  readonly metrics?: readonly Metric[];
  /** Largest allowed loss of the first metric. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
  readonly onSample?: (done: number) => void;
  /** Seconds each stage took so far. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Seconds, monotonic. */
  readonly now: () => number;
}

/** Runs both models under the options of a deployment and says what quantization did and what it cost. */
export async function verifyModel(options: VerifyOptions): Promise<QuantReport> {
  const { float, quantized, plan, backend } = options;
  const fusion = await checkFusion(quantized, backend);
  const floatSession = await backend.open(float, { spinning: false });
  const quantizedSession = await backend.open(quantized, { spinning: false });
  try {
    const comparison = await compareModels({ ...options, float: floatSession, quantized: quantizedSession });
    const decisions = Object.values(plan.nodes);
    const counted = multiplyAdds(options.graph, options.shapes, plan.nodes);
    const report = {
      bytes: { before: sizeOf(float), after: sizeOf(quantized) },
      nodes: { quantized: decisions.filter((decision) => !("reason" in decision)).length, total: decisions.length, decisions: plan.nodes },
      ...(counted && { multiplyAdds: counted }),
      fusion,
      ...comparison,
      seconds: options.seconds,
    };
    return { ...report, warnings: warningsOf(report, options) };
  } finally {
    await floatSession.dispose();
    await quantizedSession.dispose();
  }
}

export function sizeOf(files: ModelFiles): number {
  return [...(files.external?.values() ?? [])].reduce((sum, file) => sum + file.byteLength, files.model.byteLength);
}

function warningsOf(report: Omit<QuantReport, "warnings">, options: VerifyOptions): readonly string[] {
  const warnings: string[] = [];
  const first = options.metrics?.[0]?.name;
  const metric = first === undefined ? undefined : report.metrics[first];
  if (metric && options.tolerance !== undefined && metric.float - metric.quantized > options.tolerance) {
    warnings.push(`${first} fell from ${metric.float.toFixed(4)} to ${metric.quantized.toFixed(4)}, more than the tolerance of ${options.tolerance}.`);
  }
  if (report.latency && report.latency.quantized > report.latency.float) {
    warnings.push(`The quantized model is slower here: ${(report.latency.float / report.latency.quantized).toFixed(2)} times the speed of the float model.`);
  }
  if (report.bytes.after > report.bytes.before) warnings.push(`The quantized model is larger: ${report.bytes.after} bytes instead of ${report.bytes.before}.`);
  if (!report.fusion.checked) warnings.push("The fusion check was skipped: the backend cannot show its optimized model.");
  for (const finding of report.fusion.findings) warnings.push(`${finding.kind} at ${finding.where}: ${finding.detail}.`);
  return warnings;
}
