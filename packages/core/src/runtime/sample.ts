import { type Layer, type LayerSample, type PartialPlan, QuantError, type SampleOptions, type Tensor } from "../spec/index.ts";
import type { Feeds } from "./feeds.ts";
import type { Gatherer } from "./gather.ts";
import { gatherProduct } from "./gather-product.ts";
import { gatherWeighted } from "./gather-weighted.ts";
import { openGradients } from "./importance.ts";
import type { Kernels } from "./kernels.ts";
import { biasOf } from "./layers.ts";
import { type Network, openObserver } from "./observe.ts";
import type { RowImportance } from "./row-importance.ts";
import { defaultPositions } from "./sampling-sizes.ts";
import { shortcutOf } from "./shortcut.ts";

export interface Sampling extends Network {
  readonly feeds: () => Promise<Feeds>;
  readonly kernels: Kernels;
  /** Of the whole network in this state. */
  readonly rowImportance: (quantized: PartialPlan) => Promise<RowImportance>;
  readonly seed: number;
}

/** One pass over the data for all layers. */
export async function sampleLayers(sampling: Sampling, layers: readonly Layer[], options: SampleOptions = {}): Promise<readonly LayerSample[]> {
  if (layers.length === 0) return [];
  const { feeds, samples } = await sampling.feeds();
  const upstream = isEmpty(options.upstream) ? undefined : options.upstream;
  const gatherers = layers.map((layer) => gathererOf(sampling, layer, samples, options, upstream !== undefined));
  const shortcuts = layers.map((layer) => (upstream && options.shortcuts ? shortcutOf(sampling.graph, layer) : undefined));
  const tensors = [...layers.flatMap(({ operands }) => operands), ...shortcuts.flatMap((tensor) => tensor ?? [])];
  const outputs = layers.map(({ output }) => output);
  const opened: { dispose(): Promise<void> }[] = [];
  const open = async <Opened extends { dispose(): Promise<void> }>(opening: Promise<Opened>): Promise<Opened> => {
    const result = await opening;
    opened.push(result);
    return result;
  };
  try {
    const float = await open(openObserver(sampling, tensors));
    const changed = upstream && (await open(openObserver(sampling, tensors, upstream)));
    const { quantized, per = "element" } = options.importance ?? {};
    const gradients = quantized && per === "element" ? await open(openGradients(sampling, outputs, quantized)) : undefined;
    const rows = quantized && per === "row" ? await sampling.rowImportance(quantized) : undefined;
    for (const [number, feed] of feeds.entries()) {
      const floats = await float.run(feed.tensors);
      const changes = changed ? await changed.run(feed.tensors) : floats;
      const slopes = await gradients?.run(feed.tensors, feed.samples);
      layers.forEach(({ node, operands, output }, index) => {
        const pick = (values: ReadonlyMap<string, Tensor>): readonly Tensor[] => operands.map((tensor) => values.get(tensor)!);
        const [gradient, important] = [slopes?.get(output), rows?.get(node)?.[number]];
        const tensor = shortcuts[index];
        const shortcut = tensor && { float: floats.get(tensor)!, upstream: changes.get(tensor)! };
        const seen = { before: feed.before, samples: feed.samples, float: pick(floats), upstream: pick(changes) };
        gatherers[index]!.add({ ...seen, ...(shortcut && { shortcut }), ...(gradient && { gradient }), ...(important && { rows: important }) });
      });
    }
  } finally {
    for (const each of opened) await each.dispose();
  }
  const gathered: LayerSample[] = [];
  for (const [index, layer] of layers.entries()) gathered.push(await finish(sampling, layer, gatherers[index]!));
  return gathered;
}

function gathererOf({ graph, seed }: Sampling, layer: Layer, samples: number, options: SampleOptions, hasUpstream: boolean): Gatherer {
  const node = graph.node(layer.node);
  if (!node) throw new QuantError("internal", `Layer ${layer.node} is no node of the graph.`, { details: { node: layer.node } });
  const { positions = defaultPositions } = options;
  const settings = { layer, node, positions, samples, seed, hasUpstream };
  return layer.weight ? gatherWeighted(settings) : gatherProduct(settings);
}

async function finish({ graph, kernels }: Sampling, layer: Layer, gatherer: Gatherer): Promise<LayerSample> {
  const { left, right, floatLeft, floatRight, lacking, importance, samples } = gatherer.finish();
  const product = await kernels.run("product", { left: floatLeft, right: floatRight });
  const reference = lacking ? sumOf(product, lacking) : product;
  const bias = layer.weight ? biasOf(graph.node(layer.node)!, right.shape[0]! * right.shape[2]!) : undefined;
  return { layer, left, right, reference, ...(bias && { bias }), ...(importance && saysAnything(importance) && { importance }), samples };
}

/** Where no element matters all errors are alike. */
function saysAnything({ data }: Tensor): boolean {
  const values = data as Float32Array;
  return values.some((value) => value > 0) && values.every(Number.isFinite);
}

function isEmpty(plan: PartialPlan | undefined): boolean {
  return [plan?.encodings, plan?.operands].every((entries) => Object.keys(entries ?? {}).length === 0);
}

function sumOf(left: Tensor, right: Tensor): Tensor {
  return { ...left, data: (left.data as Float32Array).map((value, index) => value + (right.data[index] as number)) };
}
