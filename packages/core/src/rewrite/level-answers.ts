import { constantFromTensor, type Graph, type Value } from "../ir/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { levelledAnswer } from "../plan/index.ts";
import type { QuantPlan, Target, Tensor } from "../spec/index.ts";
import { channelConstant } from "./channel-constant.ts";
import { divideChannels } from "./divide-channels.ts";
import { addLike } from "./lowering/add-like.ts";
import { removeUnread } from "./weights.ts";

/**
 * Products whose answers lie on grids per channel answer with channels of one level: their weights and biases are divided, and what they answer is multiplied for
 * those who read it. A Mul, because DequantizeLinear with a scale per channel takes ten times as long on ONNX Runtime's CPU kernels. Answers with the plan of the changed
 * graph.
 */
export function levelAnswers(graph: Graph, plan: QuantPlan, target: Target): QuantPlan {
  const encodings = new Map(Object.entries(plan.encodings));
  for (const name of Object.keys(plan.encodings)) {
    const value = graph.value(name);
    const levelled = value && levelledAnswer(value, plan, target);
    if (!levelled) continue;
    divideProduct(graph, value, levelled.levels);
    multiplyAnswer(graph, value, levelled.levels);
    encodings.set(value.producer!.inputs[1]!.name, levelled.weight);
    encodings.set(name, levelled.answer);
  }
  return { ...plan, encodings: Object.fromEntries(encodings) };
}

function divideProduct(graph: Graph, { producer }: Value, levels: readonly number[]): void {
  const node = producer!;
  const { channelAxis, biasInput } = weightLayoutOf(node)!;
  const [weight, bias] = [node.inputs[1]!, biasInput === undefined ? undefined : node.inputs[biasInput]];
  weight.content = constantFromTensor(divided(weight, channelAxis, levels));
  if (!bias) return;
  node.setInput(biasInput!, graph.addConstant(bias.name, divided(bias, 0, levels)));
  removeUnread(graph, bias);
}

function multiplyAnswer(graph: Graph, value: Value, levels: readonly number[]): void {
  const readers = [...value.consumers];
  const inner = value.producer!.inputs[1]!.shape!.length - 2;
  const factor = channelConstant(graph, "levels", Float32Array.from(levels), inner);
  const multiplied = addLike(graph, value, "levelled", "Mul", [value, factor]);
  for (const use of readers) use.node.setInput(use.input, multiplied);
}

function divided(value: Value, axis: number, levels: readonly number[]): Tensor {
  return { dtype: "float32", shape: value.content!.shape, data: divideChannels(value, axis, levels) };
}
