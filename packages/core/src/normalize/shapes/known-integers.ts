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

/** Answers what is certain of a value; asked in topological order it looks no further than one node back. */
export type KnownIntegersOf = (value: Value | undefined) => KnownIntegers | undefined;

/** Follows shape arithmetic down to sizes and constants; what it said once stays true while the graph is being folded. */
export function shapeArithmetic(): KnownIntegersOf {
  const memory = new Map<Value, KnownIntegers | undefined>();
  const knownOf: KnownIntegersOf = (value) => {
    if (!value) return undefined;
    if (!memory.has(value)) {
      const known = value.content ? constant(value) : computed(value, knownOf);
      memory.set(value, known && known.elements.length <= longest ? known : undefined);
    }
    return memory.get(value);
  };
  return knownOf;
}

function computed(value: Value, knownOf: KnownIntegersOf): KnownIntegers | undefined {
  const node = value.producer;
  if (node?.domain !== "") return undefined;
  switch (node.op) {
    case "Shape":
      return shapeOf(node);
    case "Cast":
      return value.dtype === "int64" || value.dtype === "int32" ? knownOf(node.inputs[0]) : undefined;
    case "Identity":
      return knownOf(node.inputs[0]);
    case "Squeeze":
      return reranked(knownOf(node.inputs[0]), true);
    case "Unsqueeze":
      return reranked(knownOf(node.inputs[0]), false);
    case "Concat":
      return concatenated(node.inputs.map((input) => knownOf(input) ?? unknownVector(input)));
    case "Gather":
      return gathered(knownOf(node.inputs[0]), knownOf(node.inputs[1]));
    case "Slice":
      return sliced(node, knownOf(node.inputs[0]));
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
function reranked(known: KnownIntegers | undefined, toScalar: boolean): KnownIntegers | undefined {
  return known?.elements.length === 1 && known.isScalar !== toScalar ? { ...known, isScalar: toScalar } : undefined;
}

function concatenated(parts: readonly (KnownIntegers | undefined)[]): KnownIntegers | undefined {
  return parts.every((part) => part !== undefined && !part.isScalar) ? vector(parts.flatMap((part) => part!.elements)) : undefined;
}

/** A vector whose length is known and nothing else. */
function unknownVector(value: Value | undefined): KnownIntegers | undefined {
  const length = value?.shape?.length === 1 ? value.shape[0] : undefined;
  return typeof length === "number" && length <= longest ? vector(Array.from({ length }, () => undefined)) : undefined;
}

function gathered(data: KnownIntegers | undefined, indices: KnownIntegers | undefined): KnownIntegers | undefined {
  if (!data || data.isScalar || !indices) return undefined;
  const { elements } = data;
  const picked = indices.elements.map((index) => (typeof index === "number" && index >= -elements.length && index < elements.length ? index : undefined));
  if (!picked.every((index) => index !== undefined)) return undefined;
  return { isScalar: indices.isScalar, elements: picked.map((index) => elements.at(index)) };
}

function sliced(node: Node, data: KnownIntegers | undefined): KnownIntegers | undefined {
  const [start, end, axis, step] = [1, 2, 3, 4].map((input) => integersOf(node.inputs[input])?.[0]);
  const plain = (!node.inputs[3] || axis === 0 || axis === -1) && (!node.inputs[4] || step === 1);
  return data && !data.isScalar && start !== undefined && end !== undefined && plain ? vector(data.elements.slice(start, end)) : undefined;
}
