/**
 * Bridge blocks (Q-HyViT, arXiv 2303.12557): from each attention's projections upwards, through norms, embeddings and
 * reshaping, to the nearest products. Where the last of them is a convolution whose output is laid out anew on every way,
 * the representation changes in between. Behind another layer of the same transformer the last is that layer's product.
 */
import { type BridgeBlock, type NodeView, QuantError } from "../spec/index.ts";
import type { FoundAttention } from "./attentions.ts";
import type { Flow } from "./flow.ts";
import { rearranges } from "./moving.ts";
import { isDepthwise, isOp, isProduct } from "./products.ts";

export function bridgesOf(flow: Flow, attentions: readonly FoundAttention[]): readonly BridgeBlock[] {
  const projectionsOf = new Map<NodeView, Set<NodeView>>();
  for (const { projections } of attentions) {
    const origins = projections.map((projection) => originOf(flow, projection));
    const [first] = earliestFirst(flow, origins);
    if (!first || origins.includes(undefined)) continue;
    projectionsOf.set(first, new Set([...(projectionsOf.get(first) ?? []), ...projections]));
  }
  return [...projectionsOf].map(([origin, projections]) => blockBetween(flow, [origin], [...projections]));
}

function earliestFirst({ positionOf }: Flow, nodes: readonly (NodeView | undefined)[]): readonly NodeView[] {
  return nodes.filter((node) => node !== undefined).sort((left, right) => positionOf.get(left)! - positionOf.get(right)!);
}

/** The convolution in front of the projection, if it is a different layout that the projection reads. */
function originOf(flow: Flow, projection: NodeView): NodeView | undefined {
  const products = nearestProducts(flow, projection);
  const nearest = earliestFirst(flow, [...products.keys()]).at(-1);
  const isOrigin = nearest && flow.weighted.has(nearest) && isOp(nearest, "Conv", "ConvTranspose") && products.get(nearest);
  return isOrigin ? nearest : undefined;
}

/**
 * The products that the node's inputs come from, and whether each was laid out anew on every way from there. Depthwise
 * convolutions align no channels: the search goes through them. A written-out norm's own reshaping does not count.
 */
function nearestProducts(flow: Flow, from: NodeView): ReadonlyMap<NodeView, boolean> {
  const products = new Map<NodeView, boolean>();
  const visited = { true: new Set<NodeView>(), false: new Set<NodeView>() };
  const pending = flow.inputsOf(from).map((value) => ({ node: value.producer, rearranged: false }));
  for (const { node, rearranged } of pending) {
    if (!node || visited[`${rearranged}`].has(node)) continue;
    visited[`${rearranged}`].add(node);
    if (isProduct(node) && !(flow.weighted.has(node) && isDepthwise(node))) {
      products.set(node, rearranged && (products.get(node) ?? true));
      continue;
    }
    const isRearranged = rearranged || (flow.unitOf(node) === undefined && rearranges(node));
    pending.push(...flow.inputsOf(node).map((value) => ({ node: value.producer, rearranged: isRearranged })));
  }
  return products;
}

/** The nodes on all ways from one of `starts` to one of `ends`. */
function blockBetween(flow: Flow, starts: readonly NodeView[], ends: readonly NodeView[]): BridgeBlock {
  const above = new Set(ends);
  const earliest = Math.min(...starts.map((node) => flow.positionOf.get(node)!));
  for (const node of above) {
    for (const { producer } of flow.inputsOf(node)) if (producer && flow.positionOf.get(producer)! >= earliest) above.add(producer);
  }
  const within = new Set(starts);
  for (const node of flow.nodes) {
    if (above.has(node) && flow.inputsOf(node).some(({ producer }) => producer && within.has(producer))) within.add(node);
  }
  const nodes = flow.nodes.filter((node) => within.has(node));
  return { layers: nodes.filter((node) => flow.weighted.has(node)).map((node) => node.name), nodes: nodes.map((node) => node.name) };
}

/** @throws `invalid-config` when a name is not a node's, or a block holds no layer with a weight. */
export function givenBridges(flow: Flow, blocks: readonly (readonly string[])[]): readonly BridgeBlock[] {
  const byName = new Map(flow.nodes.map((node) => [node.name, node]));
  return blocks.map((names, block) => {
    const field = `bridges[${block}]`;
    const nodes = names.map((name, index) => {
      const node = byName.get(name);
      if (!node)
        throw new QuantError("invalid-config", `${field}[${index}]: the model has no node ${name}.`, { details: { field: `${field}[${index}]`, node: name } });
      return node;
    });
    if (!nodes.some((node) => flow.weighted.has(node))) {
      throw new QuantError("invalid-config", `${field}: none of its nodes has a weight (Conv, ConvTranspose, Gemm, MatMul).`, { details: { field } });
    }
    return blockBetween(flow, nodes, nodes);
  });
}
