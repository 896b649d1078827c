import type { QuantPlan } from "./plan.ts";
import type { QuantReport } from "./report.ts";

/** The stages of the pipeline, in order. */
export type Stage = "read" | "normalize" | "calibrate" | "plan" | "rewrite" | "verify" | "sensitivity";

/** What happens while a model is quantized, noun-verb. */
export type QuantEvent =
  | { readonly type: "stage-start"; readonly stage: Stage }
  | { readonly type: "stage-end"; readonly stage: Stage; readonly seconds: number }
  | {
      readonly type: "progress";
      readonly stage: Stage;
      readonly done: number;
      /** Undefined while the amount of work is not known. */
      readonly total: number | undefined;
      readonly secondsLeft: number | undefined;
    }
  | { readonly type: "sample-skipped"; readonly sample: string; readonly reason: string }
  | { readonly type: "tensor-skipped"; readonly tensor: string; readonly reason: string }
  | { readonly type: "plan-compared"; readonly method: string /** Of the outputs, on calibration samples. */; readonly sqnrDb: number }
  | { readonly type: "plan-end"; readonly plan: QuantPlan }
  | { readonly type: "verification-end"; readonly report: QuantReport };
