import type { CalibrationSource, Metric, Session } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { median } from "./compare.ts";

export interface EvaluateSessionOptions {
  readonly session: Session;
  readonly source: CalibrationSource;
  /** Default: all samples of the source. */
  readonly samples?: number;
  readonly metrics: readonly Metric[];
  readonly signal?: AbortSignal;
  readonly onSample?: (done: number) => void;
  /** Seconds, monotonic. */
  readonly now: () => number;
}

export interface Evaluation {
  readonly metrics: Readonly<Record<string, number>>;
  /** Median seconds of one run. */
  readonly latency: number;
  readonly samples: number;
}

/** The caller's metrics of one model. */
export async function evaluateSession(options: EvaluateSessionOptions): Promise<Evaluation> {
  const metrics = options.metrics.map((metric) => [metric.name, metric.create()] as const);
  const seconds: number[] = [];
  for await (const feeds of options.source) {
    if (seconds.length === options.samples) break;
    const start = options.now();
    const outputs = await options.session.run(feeds, options.signal ? { signal: options.signal } : {});
    seconds.push(options.now() - start);
    for (const [, accumulator] of metrics) accumulator.update(outputs, seconds.length - 1);
    options.onSample?.(seconds.length);
  }
  if (seconds.length === 0) throw new QuantError("invalid-data", "The data holds no sample; hand in at least one.");
  return { metrics: Object.fromEntries(metrics.map(([name, accumulator]) => [name, accumulator.result()])), latency: median(seconds), samples: seconds.length };
}
