import type { NodeSensitivity } from "@halftone/core";
import type { Outcome } from "./job.ts";
import { imageNetFields, type PreprocessingFields } from "./preprocessing.ts";
import type { Progress } from "./progress.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import type { TensorHistogram } from "./tensors.ts";
import { emptyUpload, type Upload } from "./upload.ts";

/** Something that takes a while and can be stopped. */
export type Work<Value> =
  | { readonly status: "idle" }
  | { readonly status: "running"; readonly progress: Progress }
  | { readonly status: "done"; readonly value: Value }
  | { readonly status: "failed"; readonly message: string }
  | { readonly status: "cancelled" };

/** The whole page. */
export interface State {
  readonly subject: "sample" | "upload";
  readonly upload: Upload;
  readonly preprocessing: PreprocessingFields;
  readonly settings: Settings;
  readonly run: Work<Outcome>;
  readonly layers: Work<readonly NodeSensitivity[]>;
  readonly histogram: Work<TensorHistogram>;
  /** What is wrong with what was handed in. */
  readonly problem: string | undefined;
  /** Said to screen readers: what begins, ends and fails, and not every step on the way. */
  readonly announcement: string;
}

export const initialState: State = {
  subject: "upload",
  upload: emptyUpload,
  preprocessing: imageNetFields,
  settings: defaultSettings,
  run: { status: "idle" },
  layers: { status: "idle" },
  histogram: { status: "idle" },
  problem: undefined,
  announcement: "",
};

/** Of the last run, where it came to an end. */
export function outcomeOf({ run }: State): Outcome | undefined {
  return run.status === "done" ? run.value : undefined;
}
