import type { Value } from "../ir/index.ts";
import type { Tensor } from "../spec/index.ts";

/** The number a one-element initializer holds; undefined for anything else, half floats included. */
export function scalarOf(value: Value | undefined): number | undefined {
  const content = value?.content;
  if (!content || content.shape.some((dimension) => dimension !== 1)) return undefined;
  return numbersOf(content.tensor())?.[0];
}

/** The elements of a constant as numbers; undefined where its type is not one to compute with. */
export function numbersOf(tensor: Tensor | undefined): ArrayLike<number> | undefined {
  switch (tensor?.dtype) {
    case "float32":
    case "float64":
    case "int32":
      return tensor.data as Float32Array;
    case "int64":
      return Array.from(tensor.data as BigInt64Array, Number);
    default:
      return undefined;
  }
}

/** Integer parameters such as axes: an initializer (the input) or, before they became one, an attribute. */
export function integersOf(value: Value | undefined): readonly number[] | undefined {
  const tensor = value?.constant;
  return tensor?.dtype === "int64" || tensor?.dtype === "int32" ? Array.from(tensor.data as BigInt64Array, Number) : undefined;
}
