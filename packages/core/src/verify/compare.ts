import { createDistance } from "../numerics/index.ts";
import type { Agreement, CalibrationSource, Distance, Metric, MetricAccumulator, Session, Tensor, Tensors } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { bestClasses, classScores } from "./class-scores.ts";

export interface CompareOptions {
  readonly float: Session;
  readonly quantized: Session;
  readonly source: CalibrationSource;
  /** Default: all samples of the source. */
  readonly samples?: number;
  readonly metrics?: readonly Metric[];
  readonly signal?: AbortSignal;
  readonly onSample?: (done: number) => void;
  /** Seconds, monotonic. */
  readonly now: () => number;
}

export interface Comparison {
  readonly outputs: Readonly<Record<string, Distance>>;
  readonly agreement?: Agreement;
  readonly metrics: Readonly<Record<string, { readonly float: number; readonly quantized: number }>>;
  readonly latency: { readonly float: number; readonly quantized: number };
  readonly samples: number;
}

/** Runs both models on the same inputs, in turns, so that a busy machine slows both alike. */
export async function compareModels(options: CompareOptions): Promise<Comparison> {
  const distances = new Map(options.float.outputs.map((name) => [name, createDistance()]));
  const metrics = (options.metrics ?? []).map((metric) => ({ name: metric.name, float: metric.create(), quantized: metric.create() }));
  const agreement = createAgreement();
  const seconds = { float: [] as number[], quantized: [] as number[] };
  let samples = 0;
  for await (const feeds of options.source) {
    if (samples === options.samples) break;
    // The order alternates: whoever runs second finds warmer caches.
    const order = samples % 2 === 0 ? (["float", "quantized"] as const) : (["quantized", "float"] as const);
    const outputs: { float?: Tensors; quantized?: Tensors } = {};
    for (const which of order) {
      const start = options.now();
      outputs[which] = await options[which].run(feeds, options.signal ? { signal: options.signal } : {});
      seconds[which].push(options.now() - start);
    }
    const { float, quantized } = outputs as { float: Tensors; quantized: Tensors };
    for (const [name, distance] of distances) updateDistance(distance, float[name], quantized[name]);
    agreement.update(float[options.float.outputs[0]!], quantized[options.float.outputs[0]!]);
    for (const metric of metrics) updateMetric(metric, float, quantized, samples);
    samples++;
    options.onSample?.(samples);
  }
  if (samples === 0) throw new QuantError("invalid-data", "The verification data holds no sample; hand in at least one.");
  const agreed = agreement.result();
  return {
    outputs: Object.fromEntries([...distances].map(([name, distance]) => [name, distance.result()])),
    ...(agreed && { agreement: agreed }),
    metrics: Object.fromEntries(metrics.map((metric) => [metric.name, { float: metric.float.result(), quantized: metric.quantized.result() }])),
    latency: { float: median(seconds.float), quantized: median(seconds.quantized) },
    samples,
  };
}

function updateDistance(distance: ReturnType<typeof createDistance>, float: Tensor | undefined, quantized: Tensor | undefined): void {
  if (float?.data instanceof Float32Array && quantized?.data instanceof Float32Array) distance.update(float.data, quantized.data);
}

function updateMetric(
  metric: { readonly float: MetricAccumulator; readonly quantized: MetricAccumulator },
  float: Tensors,
  quantized: Tensors,
  index: number,
): void {
  metric.float.update(float, index);
  metric.quantized.update(quantized, index);
}

function createAgreement() {
  let rows = 0;
  let top1 = 0;
  let top5 = 0;
  return {
    update: (float: Tensor | undefined, quantized: Tensor | undefined): void => {
      const left = classScores(float);
      const right = classScores(quantized);
      left.forEach((scores, row) => {
        const [best] = bestClasses(scores, 1);
        const five = bestClasses(right[row]!, 5);
        rows++;
        if (five[0] === best) top1++;
        if (five.includes(best!)) top5++;
      });
    },
    result: (): Agreement | undefined => (rows === 0 ? undefined : { top1: top1 / rows, top5: top5 / rows }),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
