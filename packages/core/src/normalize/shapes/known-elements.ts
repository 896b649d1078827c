import type { Node, Value } from "../../ir/index.ts";
import { integersOf } from "../constant-numbers.ts";

/** The size of a value along an axis, whatever it will be. */
export interface RuntimeSize {
  readonly value: Value;
  readonly axis: number;
}

/** Elements of a small integer vector or scalar; undefined for one of which nothing is known. */
export type KnownElements = readonly (number | RuntimeSize | undefined)[];

/** Longer vectors are data, not shapes. */
const longest = 64;

/** What is certain of an integer tensor of rank 0 or 1 that is computed from shapes; undefined when nothing is. */
export function knownElements(value: Value | undefined): KnownElements | undefined {
  if (!value || (value.shape && value.shape.length > 1)) return undefined;
  if (value.content) return value.content.shape.every((dimension) => dimension <= longest) ? integersOf(value) : undefined;
  const node = value.producer;
  if (node?.domain !== "") return undefined;
  switch (node.op) {
    case "Shape":
      return shapeElements(node);
    case "Cast":
    case "Squeeze":
    case "Unsqueeze":
    case "Identity":
      return isInteger(value) ? knownElements(node.inputs[0]) : undefined;
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

function isInteger(value: Value): boolean {
  return value.dtype === "int64" || value.dtype === "int32";
}

function shapeElements(node: Node): KnownElements | undefined {
  const value = node.inputs[0];
  if (!value?.shape) return undefined;
  const elements = value.shape.map((dimension, axis) => (typeof dimension === "number" ? dimension : { value, axis }));
  return elements.slice(node.int("start", 0), node.attributes.has("end") ? node.int("end", 0) : undefined);
}

function concatenated(node: Node): KnownElements | undefined {
  const parts = node.inputs.map((input) => knownElements(input) ?? unknownOf(input));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** A vector whose length is known and nothing else. */
function unknownOf(value: Value | undefined): KnownElements | undefined {
  const length = value?.shape?.length === 1 ? value.shape[0] : undefined;
  return typeof length === "number" && length <= longest ? Array.from({ length }, () => undefined) : undefined;
}

function gathered(node: Node): KnownElements | undefined {
  const data = knownElements(node.inputs[0]);
  const indices = integersOf(node.inputs[1]);
  if (!data || !indices || node.inputs[0]!.shape?.length !== 1) return undefined;
  return indices.every((index) => index >= -data.length && index < data.length) ? indices.map((index) => data.at(index)) : undefined;
}

function sliced(node: Node): KnownElements | undefined {
  const data = knownElements(node.inputs[0]);
  const [start, end, axis, step] = [1, 2, 3, 4].map((input) => integersOf(node.inputs[input])?.[0]);
  const plain = (!node.inputs[3] || axis === 0 || axis === -1) && (!node.inputs[4] || step === 1);
  return data && start !== undefined && end !== undefined && plain ? data.slice(start, end) : undefined;
}
