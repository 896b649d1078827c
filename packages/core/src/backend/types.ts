import type { InferenceSession } from "onnxruntime-common";
import type { Dtype, TensorType } from "../spec/index.ts";

/** By name: what the runtime inferred when it loaded the model. */
export function typesOf(native: Pick<InferenceSession, "inputMetadata" | "outputMetadata">): ReadonlyMap<string, TensorType> {
  const tensors = [...native.inputMetadata, ...native.outputMetadata].flatMap((value) => (value.isTensor ? [value] : []));
  // Bindings show an unknown rank as they show a scalar: without dimensions.
  return new Map(tensors.map(({ name, type, shape }) => [name, { dtype: type as Dtype, shape: shape.length > 0 ? shape.map(dimensionOf) : undefined }]));
}

/** A dimension without a name and a size comes as -1, which loses its sign in WebAssembly's memory. */
function dimensionOf(dimension: number | string): number | string {
  return typeof dimension === "number" && (dimension < 0 || dimension > 0x7fffffff) ? "" : dimension;
}
