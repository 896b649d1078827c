import { type Graph, int, type Node, type Value } from "../../ir/index.ts";
import { QuantError } from "../../spec/index.ts";
import type { GradientBuilder } from "./rule.ts";

/**
 * A loss between a tensor of the model and `target`, which has its shape. It is summed, not averaged, over everything
 * but `axis`, so that the samples of a batch do not change each other's gradients.
 *
 * - `kl`: the divergence KL(softmax(target) || softmax(tensor)) along `axis`. Zero, and its gradient with it, where both are equal.
 * - `cross-entropy`: of softmax(tensor) along `axis` against the largest element of `target`.
 * - `squared-error`: 0.5 * |tensor - target|^2; `axis` plays no part.
 */
export interface GradientLoss {
  readonly kind: "kl" | "cross-entropy" | "squared-error";
  /** Name of a float32 tensor of the main graph. */
  readonly tensor: string;
  /** Default -1. */
  readonly axis?: number;
  /** Whether each distribution's gradient is divided by its length: all of them then count alike, however sure they are. Of `kl`. Default false. */
  readonly alike?: boolean;
}

/** Far below what a float32 distribution can differ by. */
const leastSquare = 1e-20;

/** The gradient of the loss with respect to its tensor. */
export function lossSeed(loss: GradientLoss, tensor: Value, target: Value, builder: GradientBuilder): Value {
  const axis = int(loss.axis ?? -1);
  switch (loss.kind) {
    case "squared-error":
      return builder.op("Sub", [tensor, target]);
    case "kl": {
      const seed = builder.op("Sub", [builder.op("Softmax", [tensor], { axis }), builder.op("Softmax", [target], { axis })]);
      return loss.alike ? unitLength(seed, loss.axis ?? -1, builder) : seed;
    }
    case "cross-entropy": {
      const label = builder.op("ArgMax", [target], { axis, keepdims: int(0) });
      const classes = builder.op("Gather", [builder.op("Shape", [target]), builder.integers([loss.axis ?? -1])]);
      const oneHot = builder.op("OneHot", [label, classes, builder.floats([0, 1], [2])], { axis });
      return builder.op("Sub", [builder.op("Softmax", [tensor], { axis }), oneHot]);
    }
    default:
      return loss.kind satisfies never;
  }
}

/** Along the axis; what is zero stays so. */
function unitLength(seed: Value, axis: number, builder: GradientBuilder): Value {
  const squares = builder.op("ReduceSum", [builder.op("Mul", [seed, seed]), builder.integers([axis])], { keepdims: int(1) });
  return builder.op("Div", [seed, builder.op("Sqrt", [builder.op("Add", [squares, builder.scalar(leastSquare)])])]);
}

/** Operators that only arrange what a Softmax computed, or store it. */
const arrangements = new Set(["Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "QuantizeLinear", "DequantizeLinear"]);

/**
 * What to differentiate for a model, from its first output: the logits in front of a Softmax, scores of rank 2 [batch, classes] or 3 [batch, steps, classes] as
 * logits, and anything else as numbers to keep.
 *
 * @throws `invalid-model` when the graph has no output.
 */
export function lossTensorOf(graph: Graph): Required<Omit<GradientLoss, "alike">> {
  const output = graph.outputs[0];
  if (!output) throw new QuantError("invalid-model", `Graph ${graph.name} has no output whose loss could be differentiated.`);
  const softmax = softmaxBefore(output);
  if (softmax) return { kind: "kl", tensor: softmax.inputs[0]!.name, axis: softmax.int("axis", -1) };
  const isScores = (output.shape?.length === 2 || output.shape?.length === 3) && output.shape.at(-1) !== 1;
  return { kind: isScores ? "kl" : "squared-error", tensor: output.name, axis: -1 };
}

function softmaxBefore(output: Value): Node | undefined {
  let node = output.producer;
  while (node && node.domain === "" && arrangements.has(node.op)) node = node.inputs[0]?.producer;
  return node?.domain === "" && (node.op === "Softmax" || node.op === "LogSoftmax") ? node : undefined;
}
