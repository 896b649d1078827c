export * from "./ir/index.ts";
export * from "./onnx/index.ts";
export * from "./spec/index.ts";
