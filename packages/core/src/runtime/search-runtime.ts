import { type Model, viewOf } from "../ir/index.ts";
import type { Backend, CalibrationSource, Placement, SearchOptions, SearchRuntime, Target } from "../spec/index.ts";
import { cutIntoChunks, sampleBytes } from "./chunks.ts";
import { collectFeeds } from "./feeds.ts";
import { layersOf } from "./layers.ts";
import type { Searching } from "./searching.ts";
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

/** Nothing is read, opened or loaded before the first call. */
export function createSearchRuntime(options: SearchRuntimeOptions): SearchRuntime & { dispose(): Promise<void> } {
  const { model, placement, target, backend, source, search = {}, seed = 0, signal } = options;
  const graph = viewOf(model.graph);
  const network = { model, graph, placement, target, backend, ...(signal && { signal }) };
  const shapeOf: ShapeOf = (tensor) => options.shapes?.get(tensor) ?? declaredShape(graph.value(tensor)?.shape);
  const feeds = untilItFails(() => collectFeeds(source, model.graph, search.samples ?? defaultSamples, signal));
  const layers = layersOf(graph, placement);
  let opened: Searching | undefined;
  const searching = untilItFails(async () => {
    const { createSearching } = await import("./searching.ts");
    opened = createSearching({ network, layers, feeds, shapeOf, seed });
    return opened;
  });
  return {
    layers,
    chunks: (wanted, sampling = {}) =>
      cutIntoChunks(wanted, (search.maxMemoryMB ?? defaultMemoryMB) * 2 ** 20, (layer) => sampleBytes(graph, layer, sampling, shapeOf)),
    sample: async (wanted, sampling) => (await searching()).sample(wanted, sampling),
    probe: async (sample, metric) => (await searching()).probe(sample, metric),
    dispose: async () => opened?.dispose(),
  };
}

/** Made once; a failure is not kept. */
function untilItFails<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((cause) => {
      made = undefined;
      throw cause;
    });
    return made;
  };
}

function declaredShape(shape: readonly (number | string)[] | undefined): readonly number[] | undefined {
  return shape?.map((size) => (typeof size === "number" ? size : 1));
}
