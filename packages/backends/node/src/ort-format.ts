/**
 * Models in ORT format, written by the runtime itself: what builds for phones load without the code that reads ONNX.
 *
 * - `fixed`: fully optimized here, for the CPU provider of an ARM processor: without the layouts that only x86 has kernels for.
 * - `runtime`: optimized as far as it is for every provider; Q/DQ groups are left to the provider that takes them, and what
 *   the CPU provider may do with the rest is saved beside them, to be applied where the model is loaded.
 */
import type { ModelFiles } from "@halftone/core";
import { runtimeOptions, type Settings } from "./session/options.ts";
import { type LoadRuntime, lazyRuntime } from "./session/runtime.ts";
import { type SaveOptions, saveOptimized } from "./session/save-optimized.ts";
import { withZeroPoints } from "./session/zero-points.ts";

export type OrtStyle = "fixed" | "runtime";

export interface OrtFormat {
  readonly bytes: Uint8Array;
  /** The same nodes as an ONNX model, to be looked at. */
  readonly graph: ModelFiles;
  /** Runtime and version that wrote it. */
  readonly runtime: string;
}

const onPhones: Settings = { keepInt8: true };

const styles: Readonly<Record<OrtStyle, { readonly level: "basic" | "extended"; readonly configuration: NonNullable<SaveOptions["configuration"]> }>> = {
  fixed: { level: "extended", configuration: {} },
  runtime: { level: "basic", configuration: { optimization: { minimal_build_optimizations: "save" } } },
};

/** @throws `invalid-model`, `backend-failed` when the runtime refuses the model, `backend-unavailable`. */
export async function ortFormat(files: ModelFiles, style: OrtStyle, options: { readonly runtime?: LoadRuntime } = {}): Promise<OrtFormat> {
  const runtime = await lazyRuntime(options.runtime)();
  const { level, configuration } = styles[style];
  const model = withZeroPoints(files);
  const seen = runtimeOptions(model, { optimization: level }, onPhones);
  // Optimizations of higher levels are saved, not applied: the level says which.
  const written = runtimeOptions(model, { optimization: style === "runtime" ? "all" : level }, onPhones);
  const { model: bytes } = await saveOptimized(runtime, model, written, { format: "ort", configuration });
  const graph = await saveOptimized(runtime, model, seen, { format: "onnx" });
  return { bytes, graph, runtime: `onnxruntime-node ${runtime.env.versions.node}` };
}
