import type { Node, Value } from "../../ir/index.ts";
import { constantContent } from "../constants-to-initializers.ts";
import { knownNumbers } from "./known-numbers.ts";
import type { TypeOf } from "./value-types.ts";

type LengthRule = (node: Node, typeOf: TypeOf) => number | undefined;

const ofInput: LengthRule = (node, typeOf) => typeOf(node.inputs[0]).length;

/** For the operators that exporters compute shapes with; others are not followed. */
const lengthRules: Readonly<Record<string, LengthRule>> = {
  Cast: ofInput,
  Identity: ofInput,
  Concat: (node, typeOf) => {
    const lengths = node.inputs.map((input) => typeOf(input).length);
    return lengths.every((length) => length !== undefined) ? lengths.reduce((sum, length) => sum + length, 0) : undefined;
  },
  Constant: (node) => {
    const shape = constantContent(node)?.shape;
    return shape?.length === 1 ? shape[0] : undefined;
  },
  Gather: (node, typeOf) => (typeOf(node.inputs[0]).rank === 1 ? typeOf(node.inputs[1]).length : undefined),
  Shape: (node, typeOf) => {
    const rank = typeOf(node.inputs[0]).rank;
    return rank === undefined ? undefined : distance(rank, node.int("start", 0), node.int("end", rank));
  },
  Slice: (node, typeOf) => {
    const length = typeOf(node.inputs[0]).length;
    const [start, end, step] = [bound(node, "starts", 1), bound(node, "ends", 2), node.inputs[4] ? bound(node, "steps", 4) : 1];
    return length === undefined || start === undefined || end === undefined || step !== 1 ? undefined : distance(length, start, end);
  },
  Unsqueeze: (node, typeOf) => (typeOf(node.inputs[0]).rank === 0 ? 1 : undefined),
};

/** How many elements a one-dimensional output has. */
export function lengthOfOutput(node: Node, typeOf: TypeOf): number | undefined {
  return node.domain === "" ? lengthRules[node.op]?.(node, typeOf) : undefined;
}

/** The declared length of a one-dimensional value. */
export function declaredLength(value: Value): number | undefined {
  const length = value.shape?.length === 1 ? value.shape[0] : undefined;
  return typeof length === "number" ? length : undefined;
}

/** What was an attribute before it became an input. */
function bound(node: Node, attribute: string, input: number): number | undefined {
  return node.ints(attribute)?.[0] ?? knownNumbers(node.inputs[input])?.[0];
}

function distance(length: number, start: number, end: number): number {
  const inside = (position: number) => Math.min(Math.max(position < 0 ? position + length : position, 0), length);
  return Math.max(inside(end) - inside(start), 0);
}
