import { describeTarget } from "@halftone/core/testing";
import { nodeCpuVnni } from "@halftone/node";
import { expect, test } from "vitest";
import { webWasm, webWasmInteger } from "./web-wasm.ts";

describeTarget("web-wasm", webWasm);
describeTarget("web-wasm-integer", webWasmInteger);

test("WebAssembly executes what onnxruntime-node of the same version does on VNNI, so that a model quantized for one is right on the other", () => {
  expect(webWasmInteger().operators).toEqual(nodeCpuVnni().operators);
});
