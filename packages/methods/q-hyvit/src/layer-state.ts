import {
  type AffineEncoding,
  encodeLevelled,
  encodeWeight,
  factorsOf,
  type Layer,
  type LayerSample,
  type OperandPlan,
  type PlanContext,
  type Probe,
  type Rescaling,
  rescaleWeight,
  scaledBy,
  searchWeightFactors,
  type Tensor,
  thinSample,
} from "@halftone/core";
import type { Settings } from "./options.ts";

/** A layer with a weight, in the middle of its search. */
export interface LayerState {
  /** Name of the weight initializer. */
  readonly weight: string;
  readonly probe: Probe;
  /** Factors on the scales that the weight starts from. */
  readonly factors: Float64Array | undefined;
  /** Finds the factor of every scale while the layer reads `operand`. */
  searchWeights(operand: OperandPlan, settings: Settings): Promise<void>;
  /** The grid of the weight after a rescaling of its input, with the factors found so far. */
  current(rescaling: Rescaling | undefined): AffineEncoding;
  dispose(): Promise<void>;
}

/** `levels` tells of a layer how far apart the scales of its output channels stay, where the kernel has one for all. */
export async function openLayers(
  context: PlanContext,
  samples: readonly LayerSample[],
  levels: (layer: Layer) => readonly number[] | undefined,
): Promise<readonly LayerState[]> {
  const layers: LayerState[] = [];
  for (const sample of samples) {
    const [probe, whole] = [await context.runtime.probe(thinSample(sample)), await context.runtime.probe(sample)];
    layers.push(stateOf(context, sample, { probe, whole, levels: levels(sample.layer) }));
  }
  return layers;
}

/** A candidate for the operand is tried on fewer rows than one for the weight, which costs little once the operand is fixed. */
function stateOf(
  { graph, placement }: PlanContext,
  { layer }: LayerSample,
  { probe, whole, levels }: { readonly probe: Probe; readonly whole: Probe; readonly levels: readonly number[] | undefined },
): LayerState {
  const site = placement.weights.find(({ tensor }) => tensor === layer.weight)!;
  const node = graph.node(layer.node)!;
  const original = graph.value(site.tensor)!.constant!;
  const grids = new Map<Rescaling | undefined, AffineEncoding>();
  let found: Float64Array | undefined;
  const rescaled = (rescaling: Rescaling | undefined): Tensor => (rescaling ? rescaleWeight(node, original, rescaling) : original);
  const encode = (weight: Tensor): AffineEncoding => (levels ? encodeLevelled(weight, site, levels) : encodeWeight(weight, site));
  /** Of the extremes. */
  const initial = (rescaling: Rescaling | undefined): AffineEncoding => {
    const grid = grids.get(rescaling) ?? encode(rescaled(rescaling));
    grids.set(rescaling, grid);
    return grid;
  };
  const current = (rescaling: Rescaling | undefined): AffineEncoding => (found ? scaledBy(initial(rescaling), found) : initial(rescaling));
  return {
    weight: site.tensor,
    probe,
    get factors() {
      return found;
    },
    searchWeights: async (operand, { factors }) => {
      found = await searchWeightFactors(
        whole,
        operand,
        initial(operand.rescaling),
        factorsOf(site.config, [...factors(site.config.bits), 1]),
        levels?.map(() => 0),
      );
    },
    current,
    dispose: async () => {
      await probe.dispose();
      await whole.dispose();
    },
  };
}
