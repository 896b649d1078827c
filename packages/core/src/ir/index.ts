export * from "./attribute.ts";
export { checkGraph } from "./check.ts";
export { cloneModel } from "./clone.ts";
export * from "./constant.ts";
export { Graph, Node, type NodeOptions, type Use, Value } from "./graph.ts";
export { createModel, type Model, opsetOf } from "./model.ts";
export { pruneDead } from "./prune.ts";
export { bitsPerElement, byteLength, bytesOfTensor, elementCount, tensorFromBytes } from "./tensor-bytes.ts";
