import type { Node, Value } from "../../ir/index.ts";
import { integersOf } from "../constant-numbers.ts";

/** The size of a value along an axis, whatever it will be. */
export interface RuntimeSize {
  readonly value: Value;
  readonly axis: number;
}

/** What is certain of a small integer vector or scalar; undefined for an element of which nothing is. */
export interface KnownIntegers {
  readonly isScalar: boolean;
  readonly elements: readonly (number | RuntimeSize | undefined)[];
}

/** Longer vectors are data, not shapes. */
const longest = 64;

/** Follows shape arithmetic down to sizes and constants; undefined for anything else. */
export function knownIntegers(value: Value | undefined): KnownIntegers | undefined {
  if (!value) return undefined;
  if (value.content) return constant(value);
  const node = value.producer;
  if (node?.domain !== "") return undefined;
  switch (node.op) {
    case "Shape":
      return shapeOf(node);
    case "Cast":
      return value.dtype === "int64" || value.dtype === "int32" ? knownIntegers(node.inputs[0]) : undefined;
    case "Identity":
      return knownIntegers(node.inputs[0]);
    case "Squeeze":
      return reranked(node, true);
    case "Unsqueeze":
      return reranked(node, false);
    case "Concat":
      return concatenated(node);
    case "Gather":
      return gathered(node);
    case "Slice":
      return sliced(node);
    default:
      return undefined;
  }
}

function vector(elements: KnownIntegers["elements"]): KnownIntegers {
  return { isScalar: false, elements };
}

function constant(value: Value): KnownIntegers | undefined {
  const { shape } = value.content!;
  if (shape.length > 1 || shape.some((dimension) => dimension > longest)) return undefined;
  const elements = integersOf(value);
  return elements && { isScalar: shape.length === 0, elements };
}

function shapeOf(node: Node): KnownIntegers | undefined {
  const value = node.inputs[0];
  if (!value?.shape) return undefined;
  const elements = value.shape.map((dimension, axis) => (typeof dimension === "number" ? dimension : { value, axis }));
  return vector(elements.slice(node.int("start", 0), node.attributes.has("end") ? node.int("end", 0) : undefined));
}

/** Between a scalar and a vector of one. */
function reranked(node: Node, toScalar: boolean): KnownIntegers | undefined {
  const known = knownIntegers(node.inputs[0]);
  return known?.elements.length === 1 && known.isScalar !== toScalar ? { ...known, isScalar: toScalar } : undefined;
}

function concatenated(node: Node): KnownIntegers | undefined {
  const parts = node.inputs.map((input) => knownIntegers(input) ?? unknownVector(input));
  return parts.every((part) => part !== undefined && !part.isScalar) ? vector(parts.flatMap((part) => part!.elements)) : undefined;
}

/** A vector whose length is known and nothing else. */
function unknownVector(value: Value | undefined): KnownIntegers | undefined {
  const length = value?.shape?.length === 1 ? value.shape[0] : undefined;
  return typeof length === "number" && length <= longest ? vector(Array.from({ length }, () => undefined)) : undefined;
}

function gathered(node: Node): KnownIntegers | undefined {
  const data = knownIntegers(node.inputs[0]);
  const indices = knownIntegers(node.inputs[1]);
  if (!data || data.isScalar || !indices) return undefined;
  const { elements } = data;
  const picked = indices.elements.map((index) => (typeof index === "number" && index >= -elements.length && index < elements.length ? index : undefined));
  if (!picked.every((index) => index !== undefined)) return undefined;
  return { isScalar: indices.isScalar, elements: picked.map((index) => elements.at(index)) };
}

function sliced(node: Node): KnownIntegers | undefined {
  const data = knownIntegers(node.inputs[0]);
  const [start, end, axis, step] = [1, 2, 3, 4].map((input) => integersOf(node.inputs[input])?.[0]);
  const plain = (!node.inputs[3] || axis === 0 || axis === -1) && (!node.inputs[4] || step === 1);
  return data && !data.isScalar && start !== undefined && end !== undefined && plain ? vector(data.elements.slice(start, end)) : undefined;
}
