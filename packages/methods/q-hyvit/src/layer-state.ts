import {
  type AffineEncoding,
  encodeWeight,
  factorsOf,
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

/** A layer with a weight, in the middle of its search. */
export interface LayerState {
  /** Name of the weight initializer. */
  readonly weight: string;
  readonly probe: Probe;
  /** Factors on the scales that the weight starts from. */
  readonly factors: Float64Array | undefined;
  /** Finds the factor of every scale while the layer reads `operand`. */
  searchWeights(operand: OperandPlan, factors: readonly number[]): Promise<void>;
  /** The grid of the weight after a rescaling of its input, with the factors found so far. */
  current(rescaling: Rescaling | undefined): AffineEncoding;
  dispose(): Promise<void>;
}

export async function openLayers(context: PlanContext, samples: readonly LayerSample[]): Promise<readonly LayerState[]> {
  const layers: LayerState[] = [];
  for (const sample of samples) {
    const [probe, whole] = [await context.runtime.probe(thinSample(sample)), await context.runtime.probe(sample)];
    layers.push(stateOf(context, sample, { probe, whole }));
  }
  return layers;
}

/** A candidate for the operand is tried on fewer rows than one for the weight, which costs little once the operand is fixed. */
function stateOf({ graph, placement }: PlanContext, { layer }: LayerSample, { probe, whole }: { readonly probe: Probe; readonly whole: Probe }): LayerState {
  const site = placement.weights.find(({ tensor }) => tensor === layer.weight)!;
  const node = graph.node(layer.node)!;
  const original = graph.value(site.tensor)!.constant!;
  const grids = new Map<Rescaling | undefined, AffineEncoding>();
  let found: Float64Array | undefined;
  const rescaled = (rescaling: Rescaling | undefined): Tensor => (rescaling ? rescaleWeight(node, original, rescaling) : original);
  /** Of the extremes. */
  const initial = (rescaling: Rescaling | undefined): AffineEncoding => {
    const grid = grids.get(rescaling) ?? encodeWeight(rescaled(rescaling), site);
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
    searchWeights: async (operand, factors) => {
      found = await searchWeightFactors(whole, operand, initial(operand.rescaling), factorsOf(site.config, [...factors, 1]));
    },
    current,
    dispose: async () => {
      await probe.dispose();
      await whole.dispose();
    },
  };
}
