import type { Dtype, TensorType } from "@halftone/core";
import type { InferenceSession } from "onnxruntime-web";

export type Metadata = Pick<InferenceSession, "inputMetadata" | "outputMetadata">;

/** What the runtime inferred when it loaded the model. */
export function typesOf(native: Metadata): ReadonlyMap<string, TensorType> {
  const tensors = [...native.inputMetadata, ...native.outputMetadata].flatMap((value) => (value.isTensor ? [value] : []));
  // The binding shows an unknown rank as it shows a scalar: without dimensions.
  return new Map(tensors.map(({ name, type, shape }) => [name, { dtype: type as Dtype, shape: shape.length > 0 ? shape.map(dimensionOf) : undefined }]));
}

/** A dimension without a name and a size comes as -1 that lost its sign in WebAssembly's memory. */
function dimensionOf(dimension: number | string): number | string {
  return typeof dimension === "number" && (dimension < 0 || dimension > 0x7fffffff) ? "" : dimension;
}
