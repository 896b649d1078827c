import { readModel } from "@halftone/core";
import type { ProbedRuntime } from "@halftone/core/probing";
import { wasmThreadBackend } from "../wasm.ts";
import { integerKernel } from "./integer-kernel.ts";
import { profiler } from "./profile.ts";

/** onnxruntime-web/wasm, whose profile tells which kernels it runs. */
export function probedWasm(): ProbedRuntime {
  const { load, profile } = profiler("wasm", () => import("onnxruntime-web/wasm"));
  return {
    backend: wasmThreadBackend({ runtime: load }),
    async kernelOf(model, { feeds, floatOutput }) {
      const outputs = floatOutput ? 0 : readModel(model).graph.outputs.length;
      return integerKernel(await profile(model, feeds), { inputs: Object.keys(feeds).length, outputs });
    },
  };
}
