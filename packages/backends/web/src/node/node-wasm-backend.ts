import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Backend } from "@halftone/core";
import type { LoadRuntime } from "../session/runtime.ts";
import { type WasmThreadOptions, wasmThreadBackend } from "../wasm.ts";

/**
 * Sessions of onnxruntime-web/wasm on Node, without a browser: what a page computes, to the bit. A plan that is made with it is the one that the page would make,
 * where the kernels of onnxruntime-node add in another order and a search may choose otherwise among equals. Slower than onnxruntime-node, in the thread that calls. Default: one thread.
 */
export function nodeWasmBackend({ threads = 1, ...options }: Omit<WasmThreadOptions, "runtime" | "wasmPaths"> = {}): Backend {
  return wasmThreadBackend({ ...options, threads, runtime: loadFromDisk });
}

/** The module fetches its WebAssembly, which Node does not do for files. */
const loadFromDisk: LoadRuntime = async () => {
  const runtime = await import("onnxruntime-web/wasm");
  const binary = await readFile(createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
  runtime.env.wasm.wasmBinary = binary.buffer.slice(binary.byteOffset, binary.byteOffset + binary.byteLength);
  return runtime;
};
