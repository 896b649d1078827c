import { QuantError } from "@halftone/core";
import { loadOnce } from "@halftone/core/backend";

/** The module onnxruntime-node, or one with the same interface. */
export type OnnxRuntime = typeof import("onnxruntime-node");

export type LoadRuntime = () => Promise<OnnxRuntime>;

/** Loads once; a load that failed is tried again by the next caller. */
export function lazyRuntime(load: LoadRuntime = () => import("onnxruntime-node")): LoadRuntime {
  return loadOnce(load, unavailable);
}

function unavailable(cause: unknown): QuantError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `onnxruntime-node cannot be loaded on ${process.platform}/${process.arch}: ${reason}. Install it with "npm install onnxruntime-node"; if its install script fails without a network, set ONNXRUNTIME_NODE_INSTALL=skip, the CPU runtime is part of the package.`;
  return new QuantError("backend-unavailable", message, { details: { runtime: "onnxruntime-node", reason }, cause });
}
