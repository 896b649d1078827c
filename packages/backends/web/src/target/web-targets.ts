import type { Target } from "@halftone/core";
import { webWasm, webWasmInteger } from "./web-wasm.ts";
import { webWebGpu } from "./web-webgpu.ts";

/** Every target of this package. */
export function webTargets(): readonly Target[] {
  return [webWasm(), webWasmInteger(), webWebGpu()];
}
