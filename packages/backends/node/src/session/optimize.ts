import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelFiles, SessionOptions } from "@halftone/core";
import { createNative } from "@halftone/core/backend";
import { hostOf } from "./host.ts";
import { runtimeOptions } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";

const weightsFile = "optimized.data";

/** The runtime hands its optimized model out as a file only: it goes through a folder nobody else can read. */
export async function optimizeModel(runtime: OnnxRuntime, model: ModelFiles, options?: SessionOptions): Promise<ModelFiles> {
  const folder = await mkdtemp(join(tmpdir(), "halftone-optimize-"));
  try {
    const path = join(folder, "optimized.onnx");
    const base = runtimeOptions(model, options);
    const native = await createNative(hostOf(runtime), model, {
      ...base,
      optimizedModelFilePath: path,
      ...(model.external ? { extra: withExternalWeights(base.extra) } : {}),
    });
    await native.release();
    const bytes = await readFile(path);
    const hasSideFile = (await readdir(folder)).includes(weightsFile);
    return hasSideFile ? { model: bytes, external: new Map([[weightsFile, await readFile(join(folder, weightsFile))]]) } : { model: bytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withExternalWeights(extra: Record<string, unknown> | undefined): Record<string, unknown> {
  const session = {
    ...(extra?.["session"] as Record<string, string> | undefined),
    optimized_model_external_initializers_file_name: weightsFile,
    optimized_model_external_initializers_min_size_in_bytes: "1024",
  };
  return { ...extra, session };
}
