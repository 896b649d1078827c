import { type ModelFiles, QuantError, readModel, type Tensors } from "@halftone/core";
import type { ProbedRuntime, WeightsOnlyRuntime } from "@halftone/core/probing";
import { wasmThreadBackend } from "../wasm.ts";
import { webgpuThreadBackend } from "../webgpu.ts";
import { integerKernel } from "./integer-kernel.ts";
import { profiler } from "./profile.ts";

/** onnxruntime-web/webgpu, asked for what it runs without the processor's help. */
export function probedWebGpu(): ProbedRuntime & WeightsOnlyRuntime {
  const { load, profile } = profiler("webgpu", () => import("onnxruntime-web/webgpu"));
  const alone = webgpuThreadBackend({ runtime: load, cpuFallback: false });

  const runs = async (model: ModelFiles, feeds: Tensors): Promise<boolean> => {
    try {
      const session = await alone.open(model);
      await session.run(feeds).finally(() => session.dispose());
      return true;
    } catch (error) {
      if (QuantError.is(error, "backend-failed")) return false;
      throw error;
    }
  };

  return {
    backend: webgpuThreadBackend({ runtime: load }),
    reference: wasmThreadBackend(),
    runs,
    async kernelOf(model, { feeds, floatOutput }) {
      if (!(await runs(model, feeds))) return undefined;
      const outputs = floatOutput ? 0 : readModel(model).graph.outputs.length;
      return integerKernel(await profile(model, feeds), { inputs: Object.keys(feeds).length, outputs });
    },
  };
}
