import { createModel, type Graph } from "../ir/index.ts";
import { type WriteOptions, writeModel } from "../onnx/index.ts";
import type { Dtype, ModelFiles, Tensor, TensorData } from "../spec/index.ts";

/** A model of a few nodes, written by the function that is handed an empty graph. */
export function tinyModel(build: (graph: Graph) => void, options: WriteOptions & { readonly opset?: number } = {}): ModelFiles {
  const model = createModel(options.opset ?? 21, "tiny");
  build(model.graph);
  return writeModel(model, options);
}

export function tensor(dtype: Dtype, shape: readonly number[], data: TensorData): Tensor {
  return { dtype, shape, data };
}

export function floats(shape: readonly number[], values: Iterable<number>): Tensor {
  return tensor("float32", shape, Float32Array.from(values));
}
