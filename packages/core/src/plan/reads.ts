/** Which side of a grid the users of a tensor see, as the plan has it. */
import { gridInputs } from "../placement/full-scope.ts";
import { supportOf, weightLayoutOf } from "../placement/roles.ts";
import type { Encoding, NodeView, OperandPlan, QuantPlan, Target, ValueView } from "../spec/index.ts";
import { entryOf } from "./entry-of.ts";
import { computesOnGrid, staysOnGrid } from "./modes.ts";

export type Reading = Pick<QuantPlan, "encodings" | "nodes" | "operands">;

interface Use {
  readonly node: NodeView;
  readonly input: number;
}

/** How a product reads this input where that differs from what is stored. */
export function operandOf({ node, input }: Use, plan: Reading): OperandPlan | undefined {
  const layout = computesOnGrid(entryOf(plan.nodes, node.name)) ? weightLayoutOf(node) : undefined;
  return layout && input !== layout.biasInput ? entryOf(plan.operands, node.inputs[input]?.name) : undefined;
}

/** The grid a product reads its first input from. */
export function inputEncodingOf(node: NodeView, plan: Reading): Encoding | undefined {
  return operandOf({ node, input: 0 }, plan)?.encoding ?? entryOf(plan.encodings, node.inputs[0]?.name);
}

/** The step that the int32 bias of a product is counted in, before the step of the weight. Of a twin the bias of a Gemm goes with the low branch; others add theirs in float. */
export function inputScaleOf(node: NodeView, plan: Reading): number | undefined {
  const encoding = inputEncodingOf(node, plan);
  if (!encoding || encoding.kind === "log" || (encoding.kind === "twin" && node.op !== "Gemm")) return undefined;
  const { scale } = encoding.kind === "twin" ? encoding.low : encoding;
  return scale.length === 1 ? scale[0] : undefined;
}

/** Whether the use is that of a node on integers which reads the grid the tensor is stored on. */
export function readsStored(use: Use, plan: Reading, target: Target): boolean {
  const { node, input } = use;
  if (!staysOnGrid(entryOf(plan.nodes, node.name)) || operandOf(use, plan)) return false;
  return gridInputs(node, supportOf(target, node)).includes(node.inputs[input]!);
}

/** Whether the value is the output of an integer kernel. False for one that answers in float because some reader wants float. */
export function answersOnGrid(value: ValueView, plan: Reading, target: Target): boolean {
  const { producer } = value;
  const mode = producer && entryOf(plan.nodes, producer.name)?.mode;
  if (mode === undefined || mode === "float") return false;
  const support = supportOf(target, computing(producer!, plan));
  return !support?.floatOutput || (!value.isOutput && value.consumers.every((use) => readsStored(use, plan, target)));
}

/** The node whose kernel produces what an absorbed node seems to. */
export function computing(node: NodeView, plan: Reading): NodeView {
  if (entryOf(plan.nodes, node.name)?.mode !== "absorbed") return node;
  const producer = node.inputs.find((value) => value?.producer)?.producer;
  return producer ? computing(producer, plan) : node;
}
