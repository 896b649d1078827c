import type { NodeDecision } from "./placement.ts";

/** How far two tensors are apart. */
export interface Distance {
  /** Signal to quantization noise, 10 log10(sum x^2 / sum (x - y)^2) in dB; infinite when equal. */
  readonly sqnrDb: number;
  /** Cosine of the angle between them, in [-1, 1]. */
  readonly cosine: number;
  readonly maxError: number;
}

/** Agreement of two classifiers on the same inputs, as shares in [0, 1]. */
export interface Agreement {
  /** Same first class. */
  readonly top1: number;
  /** The float model's first class is among the quantized model's five best. */
  readonly top5: number;
}

/** One Q/DQ pair or operator that did not become an integer kernel although the plan expected it. */
export interface FusionFinding {
  readonly kind: "unfused-pair" | "float-operator" | "requantized-weight";
  /** Node or initializer of the optimized model. */
  readonly where: string;
  readonly detail: string;
}

export interface FusionReport {
  /** False when the backend cannot show its optimized model; then the lists are empty. */
  readonly checked: boolean;
  /** Nodes of the optimized model that run on integers, by operator. */
  readonly integerOperators: Readonly<Record<string, number>>;
  readonly findings: readonly FusionFinding[];
}

export interface QuantReport {
  readonly bytes: { readonly before: number; readonly after: number };
  readonly nodes: {
    /** Nodes that compute or move integers, absorbed ones included; emulated ones are not. */
    readonly quantized: number;
    readonly total: number;
    readonly decisions: Readonly<Record<string, NodeDecision>>;
  };
  /** Of the products of one sample: how many run on integer kernels as planned. Left out where shapes are not known. */
  readonly multiplyAdds?: { readonly integer: number; readonly total: number };
  readonly fusion: FusionReport;
  /** Per model output, over all samples compared. */
  readonly outputs: Readonly<Record<string, Distance>>;
  /** Present when the first output looks like class scores: rank 2, more than one class. */
  readonly agreement?: Agreement;
  /** Metrics of the caller, measured on both models. */
  readonly metrics: Readonly<Record<string, { readonly float: number; readonly quantized: number }>>;
  /** Median seconds of one run, interleaved on the same inputs. */
  readonly latency?: { readonly float: number; readonly quantized: number };
  /** Samples compared. */
  readonly samples: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}
