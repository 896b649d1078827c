import type { Attribute, Node, Value } from "../../ir/index.ts";

/** Several nodes that compute one well-known function: to be executed together, so no Q/DQ goes between them. */
export type UnitKind = "layer-norm" | "rms-norm" | "group-norm" | "gelu" | "quick-gelu" | "silu" | "mish" | "hard-swish" | "hard-sigmoid" | "softmax";

/** One operator of operator set 21 that computes the same. Vectors are weights the operator wants in a certain shape. */
export interface Replacement {
  readonly op: string;
  readonly inputs: readonly (Value | Vector)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Vector {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface FoundUnit {
  readonly kind: UnitKind;
  readonly nodes: ReadonlySet<Node>;
  readonly input: Value;
  readonly output: Value;
  /** The operator that may stand for the unit, or why none may; undefined where ONNX or the runtime has none. */
  readonly replacement?: Replacement | { readonly obstacle: string };
}

/** Finds the unit that `node` is the characteristic node of. */
export type Recognizer = (node: Node) => FoundUnit | undefined;

/** The first inner value that something outside the unit reads too. */
export function leakOf(unit: Pick<FoundUnit, "nodes" | "output">): Value | undefined {
  for (const node of unit.nodes) {
    for (const value of node.outputs) {
      if (!value || value === unit.output) continue;
      if (value.isOutput || value.consumers.some((use) => !unit.nodes.has(use.node))) return value;
    }
  }
  return undefined;
}

/** The first that holds nothing others read too, else the last. */
export function bestOf(units: readonly FoundUnit[]): FoundUnit | undefined {
  return units.find((unit) => !leakOf(unit)) ?? units.at(-1);
}
