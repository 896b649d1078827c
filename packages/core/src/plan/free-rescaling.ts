import { weightLayoutOf } from "../placement/roles.ts";
import type { GraphView, OperandPlan, Placement, Target, ValueView } from "../spec/index.ts";
import { answersOnGrid, operandOf, type Reading } from "./reads.ts";
import type { StartingPlan } from "./starting-plan.ts";

export interface FreeRescalingOptions {
  readonly graph: GraphView;
  readonly placement: Placement;
  readonly start: StartingPlan;
  readonly target: Target;
}

/**
 * Whether what is in front of a tensor could compute it rescaled, so that nothing is added to the exported model: constants of a normalization, of a Mul or
 * an Add, or weights, where nobody but products reads the tensor and no integer kernel stores it.
 */
export function isFreeRescaling({ graph, placement, start, target }: FreeRescalingOptions, tensor: string): boolean {
  const value = graph.value(tensor);
  const read: OperandPlan | undefined = start.operands[tensor] ?? (start.encodings[tensor] && { encoding: start.encodings[tensor] });
  if (!value || !read || value.isOutput) return false;
  const reading: Reading = { encodings: start.encodings, operands: { ...start.operands, [tensor]: read }, nodes: placement.nodes };
  if (!value.consumers.every((use) => operandOf(use, reading))) return false;
  return !(start.encodings[tensor] && answersOnGrid(value, reading, target)) && isAbsorbed(value);
}

function isAbsorbed({ producer, consumers }: ValueView): boolean {
  if (producer?.domain !== "") return false;
  const [data] = producer.inputs;
  switch (producer.op) {
    case "Relu":
      return data !== undefined && data.consumers.length === 1 && consumers.length > 0 && isAbsorbed(data);
    case "LayerNormalization":
      return producer.inputs[1]?.constant !== undefined;
    case "Mul":
    case "Add":
      return producer.inputs.some((value) => value?.constant !== undefined);
    default:
      return weightLayoutOf(producer) !== undefined && producer.inputs[1]?.constant !== undefined;
  }
}
