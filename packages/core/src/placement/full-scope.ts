/**
 * Scope `full`: normalization, Softmax, activations and additions read and write grids like everything else. What has an integer kernel uses it; the
 * rest computes in float between grids and is called emulated. A unit of several nodes has grids around it, none inside.
 */
import type { NodeDecision, NodeView, OperatorSupport, QuantConfig, Target, ValueView } from "../spec/index.ts";
import type { Decisions } from "./decide.ts";
import { dataInputs, readersOf, supportOf } from "./roles.ts";

const arithmetic = ["Add", "Sub", "Mul", "Div", "ReduceMean", "ReduceSum", "GlobalAveragePool", "AveragePool", "Softmax", "LogSoftmax"];
const normalizations = ["LayerNormalization", "GroupNormalization", "InstanceNormalization", "RMSNormalization", "SimplifiedLayerNormalization"];
const activations = ["Relu", "Clip", "LeakyRelu", "PRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Gelu", "Mish", "Softplus", "Swish"];
const operators = new Set([...arithmetic, ...normalizations, ...activations]);

/** What becomes of a node that scope `partial` leaves in float for that reason. */
export function decideInFull(node: NodeView, reason: string, unit: string | undefined, config: QuantConfig): NodeDecision {
  const isWanted = config.scope === "full" && (unit !== undefined || (node.domain === "" && operators.has(node.op)));
  return { mode: isWanted && gridInputs(node, undefined).length > 0 ? "emulated" : "float", reason };
}

/** The inputs of a node that are read from a grid. A node without a kernel reads all its float32 activations from one. */
export function gridInputs(node: NodeView, support: OperatorSupport | undefined): readonly ValueView[] {
  if (support) return dataInputs(node, support);
  return node.inputs.filter((value): value is ValueView => value !== undefined && value.constant === undefined && (value.dtype ?? "float32") === "float32");
}

/** The activations around an emulated node that get a grid. `units` tells members of a unit by its kind: units of one kind never follow each other. */
export function emulatedTensors(node: NodeView, units: ReadonlyMap<string, string>, decisions: Decisions, target: Target): readonly ValueView[] {
  const kind = units.get(node.name);
  const isInside = (other: NodeView | undefined): boolean => kind !== undefined && other !== undefined && units.get(other.name) === kind;
  const inputs = gridInputs(node, kind === undefined ? supportOf(target, node) : undefined).filter((value) => !isInside(value.producer));
  const isRead = (value: ValueView): boolean => readersOf(value).some((reader) => !isInside(reader) && decisions.get(reader)?.mode !== "float");
  return [...inputs, ...node.outputs.filter((value): value is ValueView => value !== undefined && isRead(value))];
}
