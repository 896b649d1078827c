import type { AttributeView, Tensor } from "../spec/index.ts";
import { type Constant, constantFromTensor } from "./constant.ts";
import type { Graph } from "./graph.ts";

/** An attribute, exact: integers are 64 bit, strings are bytes. `opaque` is carried through unread. */
export type Attribute = (
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: Uint8Array }
  | { readonly kind: "tensor"; readonly value: Constant }
  | { readonly kind: "graph"; readonly value: Graph }
  | { readonly kind: "ints"; readonly value: readonly bigint[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly Uint8Array[] }
  | { readonly kind: "graphs"; readonly value: readonly Graph[] }
  | { readonly kind: "opaque"; readonly value: unknown }
) & {
  /** What the codec must write back and nobody else reads. */
  readonly origin?: unknown;
};

export const int = (value: number | bigint): Attribute => ({ kind: "int", value: BigInt(value) });
export const ints = (value: readonly (number | bigint)[]): Attribute => ({ kind: "ints", value: value.map(BigInt) });
export const float = (value: number): Attribute => ({ kind: "float", value: Math.fround(value) });
export const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value: value.map(Math.fround) });
export const string = (value: string): Attribute => ({ kind: "string", value: new TextEncoder().encode(value) });
export const strings = (value: readonly string[]): Attribute => ({ kind: "strings", value: value.map((text) => new TextEncoder().encode(text)) });
export const tensor = (value: Constant | Tensor): Attribute => ({ kind: "tensor", value: "bytes" in value ? value : constantFromTensor(value) });
export const subgraph = (value: Graph): Attribute => ({ kind: "graph", value });

/** Clamped: exporters write INT64_MAX for "to the end". */
export function toSafeInteger(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  if (value < BigInt(Number.MIN_SAFE_INTEGER)) return Number.MIN_SAFE_INTEGER;
  return Number(value);
}

export function viewOfAttribute(attribute: Attribute): AttributeView | undefined {
  switch (attribute.kind) {
    case "int":
      return toSafeInteger(attribute.value);
    case "float":
    case "floats":
    case "graph":
      return attribute.value;
    case "string":
      return new TextDecoder().decode(attribute.value);
    case "tensor":
      return attribute.value.tensor();
    case "ints":
      return attribute.value.map(toSafeInteger);
    case "strings":
      return attribute.value.map((value) => new TextDecoder().decode(value));
    case "graphs":
    case "opaque":
      return undefined;
    default:
      return attribute satisfies never;
  }
}

/** The subgraphs an attribute holds. */
export function graphsOfAttribute(attribute: Attribute): readonly Graph[] {
  if (attribute.kind === "graph") return [attribute.value];
  return attribute.kind === "graphs" ? attribute.value : [];
}
