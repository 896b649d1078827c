import type { GraphView, NodeView } from "@halftone/core";

/** What is known of a model from its graph alone. */
export interface ModelFacts {
  /** For strategies that learn across models. */
  readonly features: Readonly<Record<string, number>>;
  /** First and last layer with weights, by node name: what mixed precision leaves in float. */
  readonly ends: readonly string[];
  /** Nodes with a constant weight, in the order of the graph. */
  readonly layers: readonly NodeView[];
}

const activations = new Set(["Relu", "Clip", "LeakyRelu", "PRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Gelu", "Mish", "Softplus"]);

/** Of a normalized graph. */
export function modelFacts(graph: GraphView): ModelFacts {
  const nodes = [...graph.nodes];
  const convolutions = nodes.filter(({ op }) => op === "Conv");
  const layers = nodes.filter(weightOf);
  const weights = new Map(layers.map((node) => [weightOf(node)!.name, weightOf(node)!]));
  const count = (is: (node: NodeView) => boolean): number => nodes.filter(is).length;
  return {
    features: {
      nodes: nodes.length,
      convolutions: convolutions.length,
      depthwise: convolutions.filter(isDepthwise).length,
      pointwise: convolutions.filter((node) => kernelOf(node).every((size) => size === 1)).length,
      products: layers.length - convolutions.length,
      activations: count(({ op }) => activations.has(op)),
      residuals: count(({ op, inputs }) => op === "Add" && inputs.every((value) => value?.producer !== undefined)),
      parameters: [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    },
    ends: [...new Set([layers[0], layers.at(-1)].flatMap((node) => (node ? [node.name] : [])))],
    layers,
  };
}

function weightOf({ op, inputs }: NodeView) {
  if (op !== "Conv" && op !== "Gemm" && op !== "MatMul") return undefined;
  return inputs.slice(0, 2).find((value) => value?.constant !== undefined);
}

function isDepthwise(node: NodeView): boolean {
  const groups = node.attribute("group");
  return typeof groups === "number" && groups > 1 && weightOf(node)?.shape?.[1] === 1;
}

function kernelOf(node: NodeView): readonly number[] {
  return (weightOf(node)?.shape ?? [Number.NaN, Number.NaN, Number.NaN]).slice(2).map(Number);
}

function sizeOf(shape: readonly (number | string)[] | undefined): number {
  return (shape ?? []).reduce<number>((product, size) => product * Number(size), 1);
}
