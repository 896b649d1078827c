/** What a search computes, apart from what it asks of the graph: loaded with the first sample, for many methods never need it. */
import { type PartialPlan, QuantError, type SearchRuntime } from "../spec/index.ts";
import type { Feeds } from "./feeds.ts";
import { createKernels } from "./kernels.ts";
import type { Network } from "./observe.ts";
import { createProbe } from "./probe.ts";
import { remember } from "./remember.ts";
import { rowImportance } from "./row-importance.ts";
import { sampleLayers } from "./sample.ts";
import type { ShapeOf } from "./sides.ts";

export interface SearchingOptions {
  readonly network: Network;
  readonly layers: SearchRuntime["layers"];
  readonly feeds: () => Promise<Feeds>;
  readonly shapeOf: ShapeOf;
  readonly seed: number;
}

export type Searching = Pick<SearchRuntime, "sample" | "probe"> & { dispose(): Promise<void> };

export function createSearching({ network, layers, feeds, shapeOf, seed }: SearchingOptions): Searching {
  const kernels = createKernels(network.backend, network.signal);
  const rowImportanceOf = remember(async (quantized: PartialPlan) => rowImportance(network, await feeds(), layers, quantized));
  return {
    sample: (wanted, sampling) => sampleLayers({ ...network, feeds, kernels, seed, rowImportance: rowImportanceOf }, wanted, sampling),
    probe: async (sample, metric = "squared-error") => {
      const node = network.graph.node(sample.layer.node);
      if (!node) throw new QuantError("internal", `Layer ${sample.layer.node} is no node of the graph.`, { details: { node: sample.layer.node } });
      return createProbe({ sample, node, metric, kernels, shapeOf });
    },
    dispose: () => kernels.dispose(),
  };
}
