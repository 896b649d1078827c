import { readModel } from "@halftone/core";
import type { ProbedRuntime } from "@halftone/core/probing";
import { nodeBackend } from "../node-backend.ts";
import { integerKernel } from "./kernel.ts";

/** onnxruntime-node, whose optimized model tells which kernels it runs. */
export function probedNode(): ProbedRuntime {
  const backend = nodeBackend();
  return {
    backend,
    kernelOf: async (model, { floatOutput }) => integerKernel(readModel(await backend.optimize!(model, { optimization: "all" })).graph, floatOutput),
  };
}
