import type { InferenceSessionFactory, TensorConstructor } from "onnxruntime-common";

/** What is used of onnxruntime-common, which every binding of ONNX Runtime for JavaScript exports. */
export interface OnnxRuntime {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}
