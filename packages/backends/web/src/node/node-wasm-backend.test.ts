import { describeBackend } from "@halftone/core/testing";
import { nodeWasmBackend } from "./node-wasm-backend.ts";

const skipDtypes = {
  bfloat16: "has no bfloat16 on its JavaScript side",
  int4: "has no kernel that passes 4-bit tensors through",
  uint4: "has no kernel that passes 4-bit tensors through",
};

describeBackend("web-wasm on Node", () => nodeWasmBackend(), { skipDtypes });
