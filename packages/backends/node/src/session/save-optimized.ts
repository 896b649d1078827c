import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelFiles } from "@halftone/core";
import { createNative } from "@halftone/core/backend";
import type { InferenceSession } from "onnxruntime-node";
import { hostOf } from "./host.ts";
import type { OnnxRuntime } from "./runtime.ts";

const weightsFile = "optimized.data";

export interface SaveOptions {
  readonly format: "onnx" | "ort";
  /** Entries of the runtime's session configuration, by group: `{ session: { disable_quant_qdq: "1" } }`. */
  readonly configuration?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The runtime hands its optimized model out as a file only: it goes through a folder nobody else can read. */
export async function saveOptimized(
  runtime: OnnxRuntime,
  model: ModelFiles,
  options: InferenceSession.SessionOptions,
  { format, configuration = {} }: SaveOptions,
): Promise<ModelFiles> {
  const folder = await mkdtemp(join(tmpdir(), "halftone-optimize-"));
  try {
    const path = join(folder, `optimized.${format}`);
    const given = options.extra as Record<string, Record<string, string>> | undefined;
    const session = { ...given?.["session"], ...configuration["session"], ...(format === "ort" ? { save_model_format: "ORT" } : externalWeights(model)) };
    const extra = { ...given, ...configuration, session };
    const native = await createNative(hostOf(runtime), model, { ...options, optimizedModelFilePath: path, extra });
    await native.release();
    const bytes = await readFile(path);
    const hasSideFile = (await readdir(folder)).includes(weightsFile);
    return hasSideFile ? { model: bytes, external: new Map([[weightsFile, await readFile(join(folder, weightsFile))]]) } : { model: bytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A model that came with side files is written with one: it may be too large for a single file. */
function externalWeights(model: ModelFiles): Readonly<Record<string, string>> {
  if (!model.external) return {};
  return { optimized_model_external_initializers_file_name: weightsFile, optimized_model_external_initializers_min_size_in_bytes: "1024" };
}
