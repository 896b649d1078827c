import { describeBackend } from "@halftone/core/testing";
import { wasmBackend, wasmThreadBackend } from "./wasm.ts";

const skipDtypes = {
  bfloat16: "has no bfloat16 on its JavaScript side",
  int4: "has no kernel that passes 4-bit tensors through",
  uint4: "has no kernel that passes 4-bit tensors through",
};

describeBackend("web-wasm", () => wasmBackend(), { skipDtypes });
describeBackend("web-wasm, in the thread that calls", () => wasmThreadBackend(), { skipDtypes });
