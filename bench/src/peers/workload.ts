import type { CalibrationSource, Metric } from "@halftone/core";

/** A model, what calibrates it, and how its answers are judged. */
export interface Workload {
  readonly name: string;
  /** Path of the model file. */
  readonly model: string;
  /** Name of the model's one input. */
  readonly input: string;
  /** What the quality is called in the table. */
  readonly quality: string;
  readonly calibration: CalibrationSource;
  readonly evaluation: CalibrationSource;
  /**
   * The operator set that the peer's user must convert the model to first, because the peer's tool writes an invalid or
   * useless model otherwise.
   */
  readonly convertTo?: number;
  /** A fresh one for each comparison. */
  judge(): Judge;
}

/** Judges a float and a quantized model on the same samples. */
export interface Judge {
  readonly metrics: readonly Metric[];
  /** After both models have answered every sample. */
  verdict(): JudgeVerdict;
}

export interface JudgeVerdict {
  /** Shares of right answers; undefined without labels. */
  readonly float: number | undefined;
  readonly quantized: number | undefined;
  /** Share of samples that exactly one of the two models got right: the standard error of the difference is sqrt(changed / n). */
  readonly changed: number | undefined;
  /** Share of samples on which the two models answer alike. */
  readonly agreement: number;
}
