import { QuantError } from "@halftone/core";

/** The module onnxruntime-node, or one with the same interface. */
export type OnnxRuntime = typeof import("onnxruntime-node");

export type LoadRuntime = () => Promise<OnnxRuntime>;

/** Loads once; concurrent callers share the load, and a load that failed is tried again by the next caller. */
export function lazyRuntime(load: LoadRuntime = () => import("onnxruntime-node")): LoadRuntime {
  let loading: Promise<OnnxRuntime> | undefined;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw unavailable(cause);
    });
    return loading;
  };
}

function unavailable(cause: unknown): QuantError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `onnxruntime-node cannot be loaded on ${process.platform}/${process.arch}: ${reason}. Install it with "npm install onnxruntime-node"; if its install script fails without a network, set ONNXRUNTIME_NODE_INSTALL=skip, the CPU runtime is part of the package.`;
  return new QuantError("backend-unavailable", message, { details: { runtime: "onnxruntime-node", reason }, cause });
}
