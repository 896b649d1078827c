import type { CalibrationSource, ModelFiles, Target } from "@halftone/core";

/** Tells apart what trials may not be compared across: model, evaluation data, target and metric. */
export async function workloadId(model: ModelFiles, evaluation: CalibrationSource, target: Target, metric: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", model.model as Uint8Array<ArrayBuffer>);
  const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return JSON.stringify([hash, evaluation.id, target.name, metric]);
}
