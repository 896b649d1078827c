import { type Model, viewOf } from "../ir/index.ts";
import {
  type Backend,
  type CalibrationSource,
  type PartialPlan,
  type Placement,
  QuantError,
  type SearchOptions,
  type SearchRuntime,
  type Target,
} from "../spec/index.ts";
import { cutIntoChunks, sampleBytes } from "./chunks.ts";
import { collectFeeds, type Feeds } from "./feeds.ts";
import { createKernels } from "./kernels.ts";
import { layersOf } from "./layers.ts";
import { createProbe } from "./probe.ts";
import { remember } from "./remember.ts";
import { rowImportance } from "./row-importance.ts";
import { sampleLayers } from "./sample.ts";
import type { ShapeOf } from "./sides.ts";

export interface SearchRuntimeOptions {
  /** Normalized. */
  readonly model: Model;
  readonly placement: Placement;
  readonly target: Target;
  readonly backend: Backend;
  readonly source: CalibrationSource;
  /** Sizes of the tensors in a run, as normalization saw them. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
  readonly search?: SearchOptions;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

const defaultMemoryMB = 1024;
const defaultSamples = 32;

/** Nothing is read or opened before the first call. */
export function createSearchRuntime(options: SearchRuntimeOptions): SearchRuntime & { dispose(): Promise<void> } {
  const { model, placement, target, backend, source, search = {}, seed = 0, signal } = options;
  const graph = viewOf(model.graph);
  const kernels = createKernels(backend, signal);
  const network = { model, graph, placement, target, backend, ...(signal && { signal }) };
  const shapeOf: ShapeOf = (tensor) => options.shapes?.get(tensor) ?? declaredShape(graph.value(tensor)?.shape);
  let collected: Promise<Feeds> | undefined;
  const feeds = (): Promise<Feeds> => {
    collected ??= collectFeeds(source, model.graph, search.samples ?? defaultSamples, signal).catch((cause) => {
      collected = undefined;
      throw cause;
    });
    return collected;
  };
  const layers = layersOf(graph, placement);
  const rowImportanceOf = remember(async (quantized: PartialPlan) => rowImportance(network, await feeds(), layers, quantized));
  return {
    layers,
    chunks: (wanted, sampling = {}) =>
      cutIntoChunks(wanted, (search.maxMemoryMB ?? defaultMemoryMB) * 2 ** 20, (layer) => sampleBytes(graph, layer, sampling, shapeOf)),
    sample: (wanted, sampling) => sampleLayers({ ...network, feeds, kernels, seed, rowImportance: rowImportanceOf }, wanted, sampling),
    probe: async (sample, metric = "squared-error") => {
      const node = graph.node(sample.layer.node);
      if (!node) throw new QuantError("internal", `Layer ${sample.layer.node} is no node of the graph.`, { details: { node: sample.layer.node } });
      return createProbe({ sample, node, metric, kernels, shapeOf });
    },
    dispose: () => kernels.dispose(),
  };
}

function declaredShape(shape: readonly (number | string)[] | undefined): readonly number[] | undefined {
  return shape?.map((size) => (typeof size === "number" ? size : 1));
}
