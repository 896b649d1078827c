import type { NodeView, ValueView } from "../spec/index.ts";
import { clippingOf } from "./absorb.ts";

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const unbounded: Bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
const operators: Readonly<Record<string, Bounds>> = {
  Softmax: { min: 0, max: 1 },
  Sigmoid: { min: 0, max: 1 },
  HardSigmoid: { min: 0, max: 1 },
  Abs: { min: 0, max: Number.POSITIVE_INFINITY },
  Sqrt: { min: 0, max: Number.POSITIVE_INFINITY },
};
/** Their values are among those of the first input, or averages of them. */
const movers = new Set([
  "Reshape",
  "Transpose",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Split",
  "Slice",
  "MaxPool",
  "AveragePool",
  "GlobalAveragePool",
  "Identity",
]);

/** What the operators before a value guarantee, whatever the model is fed. */
export function boundsOf(value: ValueView): Bounds {
  const producer = value.producer;
  if (producer?.domain !== "") return unbounded;
  if (movers.has(producer.op)) return producer.inputs[0] ? boundsOf(producer.inputs[0]) : unbounded;
  return producer.op === "Concat" ? hullOf(producer) : (operators[producer.op] ?? clippingOf(producer) ?? unbounded);
}

function hullOf(concat: NodeView): Bounds {
  const bounds = concat.inputs.map((input) => (input ? boundsOf(input) : unbounded));
  return { min: Math.min(...bounds.map(({ min }) => min)), max: Math.max(...bounds.map(({ max }) => max)) };
}
