import type { Verdict } from "../shared/answers.ts";

/** What is measured: a row of the table is measured once for each. */
export interface RowIdentity {
  readonly model: string;
  readonly method: string;
  readonly config: string;
  /** Samples that the method sees. */
  readonly calibration: number;
  /** Samples that judge the result. */
  readonly evaluate: number;
  readonly seed: number;
}

/** What came of it. */
export type Outcome = { readonly failure: string } | Measurement;

export interface Measurement {
  readonly cost: {
    /** Without verification. */
    readonly seconds: number;
    readonly stages: Readonly<Record<string, number>>;
    /** Of the process, when the quantized model was written. */
    readonly peakMegabytes: number;
  };
  readonly result: Verdict & {
    readonly bytes: { readonly float: number; readonly quantized: number };
    /** Medians of interleaved runs in one process. */
    readonly milliseconds: { readonly float: number; readonly quantized: number };
    /** Of one run; left out where shapes are not known. */
    readonly multiplyAdds?: { readonly integer: number; readonly total: number };
  };
  readonly plan: {
    /** As the plan names it. */
    readonly method: string;
    /** Tensors that the method gave up on. */
    readonly skipped: number;
    readonly notes: readonly string[];
    /** Pairs and operators that did not become the integer kernels the plan expected. */
    readonly findings: number;
  };
}

/** One line of the journal. */
export type Row = RowIdentity & Outcome & { /** ISO 8601. */ readonly at: string; readonly machine: string };

export function keyOf({ model, method, config, calibration, evaluate, seed }: RowIdentity): string {
  return JSON.stringify([model, method, config, calibration, evaluate, seed]);
}

export function isMeasured<Some extends Outcome>(outcome: Some): outcome is Some & Measurement {
  return "result" in outcome;
}
