import type { CalibrationSource, Tensors } from "@halftone/core";

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
  /** The model's one answer to a sample. */
  answerOf(outputs: Tensors): Answer;
  /** The right answers to the evaluation samples; undefined where nobody knows them. */
  readonly truths: readonly Answer[] | undefined;
}

/** A class, or a line of text. */
export type Answer = string | number;

/** How many samples of each kind a workload offers; fewer where there are not as many. */
export interface Sizes {
  readonly calibration: number;
  readonly evaluation: number;
}
