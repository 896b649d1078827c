import type { ActivationSite, GraphView, NodeView, OperandSite, QuantConfig, Target, TensorConfig, ValueView } from "../spec/index.ts";
import { boundsOf } from "./bounds.ts";
import { configOf } from "./config.ts";
import type { Decisions } from "./decide.ts";
import { dataInputs, supportOf, weightLayoutOf } from "./roles.ts";
import { finiteBounds, namesOf, widened } from "./sites.ts";

/** What integer products read. `sites` are the activation sites of the same decisions. */
export function operandSites(
  graph: GraphView,
  decisions: Decisions,
  sites: readonly ActivationSite[],
  target: Target,
  config: QuantConfig,
): readonly OperandSite[] {
  const readers = new Map<ValueView, NodeView[]>();
  for (const node of graph.nodes) {
    const support = supportOf(target, node);
    if (support?.role !== "weighted" || decisions.get(node)!.mode !== "integer") continue;
    const bias = weightLayoutOf(node)?.biasInput;
    for (const input of new Set(dataInputs(node, support))) {
      if (bias === undefined || node.inputs[bias] !== input) readers.set(input, [...(readers.get(input) ?? []), node]);
    }
  }
  const siteOfTensor = new Map(sites.flatMap((site) => site.tensors.map((tensor) => [tensor, site] as const)));
  return [...readers].map(([value, nodes]) => operandOf(graph, value, nodes, siteOfTensor.get(value.name)!, config));
}

function operandOf(graph: GraphView, value: ValueView, nodes: readonly NodeView[], site: ActivationSite, config: QuantConfig): OperandSite {
  const names = nodes.map((node) => node.name);
  const values = site.tensors.flatMap((tensor) => graph.value(tensor) ?? []);
  const asked = configOf(askedOf(site.observed, graph, config), "activations", [...namesOf(values), ...names]);
  const axes = new Set(nodes.map((node) => channelAxisOf(node, value)));
  const [channelAxis] = axes;
  return {
    tensor: value.name,
    nodes: names,
    config: asked,
    sharesGrid: sameConfig(asked, site.config),
    ...(axes.size === 1 && channelAxis !== undefined && { channelAxis }),
    bounds: finiteBounds(boundsOf(value)),
  };
}

/** The axis that a weight sums over. */
function channelAxisOf(node: NodeView, value: ValueView): number | undefined {
  if (!node.inputs[1]?.constant) return undefined;
  return node.op === "MatMul" || node.op === "Gemm" ? value.shape && value.shape.length - 1 : 1;
}

/** What is asked of a tensor. The model's inputs keep the container's width unless everything is narrow: an image has 8 bits. */
function askedOf(observed: readonly string[], graph: GraphView, config: QuantConfig): QuantConfig {
  const given = observed.every((tensor) => graph.value(tensor)?.producer === undefined);
  return given && config.scope === "partial" ? { ...config, activations: widened(config.activations) } : config;
}

function sameConfig(left: TensorConfig, right: TensorConfig): boolean {
  return (["dtype", "bits", "scheme", "granularity", "blockSize"] as const).every((field) => left[field] === right[field]);
}
