/**
 * Attention, found from its softmax:
 *
 *     product    softmax(query x key) x value                       Vaswani et al., arXiv 1706.03762
 *     separable  sum over tokens of softmax(scores) * key, * value  MobileViTv2, arXiv 2206.02680
 */
import type { Attention, NodeView, ValueView } from "../spec/index.ts";
import type { Flow } from "./flow.ts";
import { moves } from "./moving.ts";
import { isMixing, isOp } from "./products.ts";
import { projectionsOf } from "./projections.ts";
import { leavesUnit, unitEnding } from "./units.ts";

export interface FoundAttention {
  readonly attention: Attention;
  readonly projections: readonly NodeView[];
  /** Between the first product and the softmax. */
  readonly scoring: readonly NodeView[];
}

/** A softmax as one node or as a unit. */
interface Softmax {
  readonly node: NodeView;
  readonly input: ValueView;
  readonly output: ValueView;
  readonly axis: number | undefined;
}

export function attentionsOf(flow: Flow): readonly FoundAttention[] {
  return flow.nodes.flatMap((node) => {
    const softmax = softmaxAt(flow, node);
    const found = softmax && (productForm(flow, softmax) ?? separableForm(flow, softmax));
    return found ? [found] : [];
  });
}

function softmaxAt(flow: Flow, node: NodeView): Softmax | undefined {
  const isUnit = flow.unitOf(node) === "softmax" && leavesUnit(flow, node);
  if (!isUnit && !isOp(node, "Softmax")) return undefined;
  const [input, output] = [isUnit ? unitEnding(flow, node).input : node.inputs[0], node.outputs[0]];
  const axis = isUnit ? undefined : ((node.attribute("axis") as number | undefined) ?? -1);
  return input && output && { node, input, output, axis: axis === undefined ? undefined : fromEnd(axis, input) };
}

const scoringOps = ["Mul", "Div", "Add", "Sub", "Where", "Clip", "Cast", "Min", "Max"];

function productForm(flow: Flow, { node, input, output }: Softmax): FoundAttention | undefined {
  const mixed = mixBehind(flow, output);
  const above = mixed && logitsAbove(flow, input);
  if (!mixed || !above) return undefined;
  const { mix, reads } = mixed;
  const values = mix.inputs.filter((value) => value && value !== reads);
  const projections = projectionsOf(flow, [...above.logits.inputs, ...values]);
  const shape = mix.outputs[0]?.shape;
  const heads = shape && shape.length > 3 ? shape[shape.length - 3] : undefined;
  return {
    attention: {
      kind: "product",
      softmax: node.name,
      scores: output.name,
      logits: above.logits.name,
      mix: mix.name,
      mixed: reads.name,
      projections: projections.map((each) => each.name),
      ...(typeof heads === "number" && { heads }),
    },
    projections,
    scoring: above.scoring,
  };
}

/** The product in front of the softmax, behind scaling, masks and biases. */
function logitsAbove(flow: Flow, value: ValueView): { readonly logits: NodeView; readonly scoring: readonly NodeView[] } | undefined {
  const scoring = new Set<NodeView>();
  const values = [value];
  for (const { producer } of values) {
    if (!producer || scoring.has(producer)) continue;
    if (isMixing(producer)) return { logits: producer, scoring: [...scoring] };
    const [first] = producer.inputs;
    if (!isOp(producer, ...scoringOps) && !(first && moves(producer, first))) continue;
    scoring.add(producer);
    values.push(...flow.inputsOf(producer));
  }
  return undefined;
}

/** The product behind the softmax, and what of it the softmax became. */
function mixBehind(flow: Flow, value: ValueView): { readonly mix: NodeView; readonly reads: ValueView } | undefined {
  for (const reader of flow.readersOf(value)) {
    if (isMixing(reader)) return { mix: reader, reads: value };
    const passes = moves(reader, value) || (isOp(reader, ...scoringOps) && flow.inputsOf(reader).length === 1);
    const output = passes ? reader.outputs[0] : undefined;
    const found = output && mixBehind(flow, output);
    if (found) return found;
  }
  return undefined;
}

function separableForm(flow: Flow, { node, input, output, axis }: Softmax): FoundAttention | undefined {
  for (const weighing of flow.readersOf(output).filter((reader) => isOp(reader, "Mul"))) {
    const keys = flow.inputsOf(weighing).find((value) => value !== output);
    const sum = keys && flow.readersOf(weighing.outputs[0]!).find((reader) => isOp(reader, "ReduceSum"));
    if (!sum || !oneScorePerToken(output, keys) || !sumsAlong(sum, axis)) continue;
    const values = flow.readersOf(sum.outputs[0]!).flatMap((reader) => factorsBeside(flow, reader, sum.outputs[0]!));
    const projections = projectionsOf(flow, [input, keys, ...values]);
    if (values.length === 0 || projections.length === 0) continue;
    return {
      attention: { kind: "separable", softmax: node.name, scores: output.name, projections: projections.map((each) => each.name) },
      projections,
      scoring: [],
    };
  }
  return undefined;
}

/** What the context is multiplied with, be it spread over the tokens first or not. */
function factorsBeside(flow: Flow, reader: NodeView, context: ValueView): readonly ValueView[] {
  if (isOp(reader, "Mul")) return flow.inputsOf(reader).filter((value) => value !== context);
  const spread = moves(reader, context) ? reader.outputs[0] : undefined;
  return spread ? flow.readersOf(spread).flatMap((each) => factorsBeside(flow, each, spread)) : [];
}

/** Scores are spread over the channels alone. A choice among branches (selective kernels, arXiv 1903.06586) has one for every channel. */
function oneScorePerToken(scores: ValueView, keys: ValueView): boolean {
  if (!scores.shape || !keys.shape) return true;
  const spread = scores.shape.filter((size, axis) => size === 1 && keys.shape![axis] !== 1);
  return scores.shape.length === keys.shape.length && spread.length === 1;
}

function sumsAlong(sum: NodeView, axis: number | undefined): boolean {
  const value = sum.inputs[0];
  const axes = sum.inputs[1]?.constant?.data;
  if (!value || !axes || axis === undefined) return true;
  return axes.length === 1 && fromEnd(Number(axes[0]), value) === axis;
}

/** As a negative number, where the rank is known. */
function fromEnd(axis: number, value: ValueView): number {
  return axis < 0 || !value.shape ? axis : axis - value.shape.length;
}
