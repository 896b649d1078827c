import { QuantError, readModel } from "@halftone/core";
import type { ProbedRuntime, WeightsOnlyRuntime } from "@halftone/core/probing";
import { wasmThreadBackend } from "../wasm.ts";
import { integerKernel } from "./integer-kernel.ts";
import { profiler } from "./profile.ts";

/** onnxruntime-web/wasm, whose profile tells which kernels it runs. */
export function probedWasm(): ProbedRuntime & WeightsOnlyRuntime {
  const { load, profile } = profiler("wasm", () => import("onnxruntime-web/wasm"));
  const backend = wasmThreadBackend({ runtime: load });
  return {
    backend,
    reference: backend,
    async runs(model, feeds) {
      try {
        return (await profile(model, feeds)).length > 0;
      } catch (error) {
        if (QuantError.is(error)) throw error;
        return false;
      }
    },
    async kernelOf(model, { feeds, floatOutput }) {
      const outputs = floatOutput ? 0 : readModel(model).graph.outputs.length;
      return integerKernel(await profile(model, feeds), { inputs: Object.keys(feeds).length, outputs });
    },
  };
}
