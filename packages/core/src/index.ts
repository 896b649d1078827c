export * from "./data/index.ts";
export * from "./ir/index.ts";
export * from "./onnx/index.ts";
export { tableTarget } from "./placement/index.ts";
export * from "./spec/index.ts";
