/**
 * Outlying hidden units: in the MLPs of some vision transformers one unit of hundreds has values that reach tens of times as far as all others (massive activations: Sun et
 * al., arXiv 2402.17762). On one grid with them the others have hardly a code. Such units are computed apart, as LLM.int8() does with outlying
 * features (arXiv 2208.07339), but on integers too: by two narrow layers of their own.
 */
import { observeChannelExtremes } from "../calibrate/index.ts";
import type { Model, Node } from "../ir/index.ts";
import { type NormalizeOptions, type Survey, survey } from "../normalize/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { CalibrationSource, Calibrator, QuantPlan } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { type HiddenLayer, hiddenLayers } from "./hidden-layers.ts";
import { outlyingUnits } from "./outlying-units.ts";

/** By the node of the layer in front: its outlying units, ascending. */
export type Outliers = NonNullable<QuantPlan["outliers"]>;

export interface OutlierOptions extends NormalizeOptions, Pick<Survey, "observedShapes"> {
  readonly source: CalibrationSource;
  readonly calibrator: Calibrator;
}

/** What there is to know of a graph that computes units apart. */
export interface Apart extends Survey {
  readonly apart: { readonly outliers: Outliers; readonly notes: readonly string[] };
}

/** Such units have their values whatever the sample shows. */
const enoughSamples = 4;

/** Looks for outlying units in the first samples, and computes them apart; undefined where there are none. @throws what calibration throws of the samples. */
export async function computeOutliersApart(model: Model, options: OutlierOptions): Promise<Apart | undefined> {
  const outliers = await findOutliers(model, options);
  if (Object.keys(outliers).length === 0) return undefined;
  await partOutliers(model, outliers);
  return { ...(await survey(model, options)), apart: { outliers, notes: Object.entries(outliers).map(noteOf) } };
}

async function findOutliers(model: Model, options: OutlierOptions): Promise<Outliers> {
  const { source, calibrator, backend, signal } = options;
  const layers = hiddenLayers(model.graph)
    .filter((layer) => hasPositions(layer, options))
    .map((layer) => ({ layer, observation: observeChannelExtremes(layer.hidden.name, layer.axis) }));
  if (layers.length === 0) return {};
  const observations = layers.map(({ observation }) => observation);
  const statistics = await calibrator.collect(writeModel(model), firstOf(source), observations, backend, signal ? { signal } : {});
  const outliers: Record<string, readonly number[]> = {};
  const taken = new Set<Node>();
  for (const { layer, observation } of layers) {
    const units = outlyingUnits(statistics.get(observation));
    // A layer that was taken apart answers in two parts, which no longer are units.
    if (units.length === 0 || taken.has(layer.first.node)) continue;
    outliers[layer.first.node.name] = units;
    taken.add(layer.second.node);
  }
  return outliers;
}

/**
 * Whether a sample has its units many times, for tokens or pixels. Where it has them once, as in a classifier's head or a squeeze-and-excitation, there is next to nothing to compute,
 * and what gates that follow saturate is not worth two layers more.
 */
function hasPositions({ hidden, first }: HiddenLayer, { observedShapes, feeds = {} }: OutlierOptions): boolean {
  const elements = observedShapes.get(hidden.name)?.reduce((product, size) => product * size, 1) ?? 0;
  const samples = Object.values(feeds)[0]?.shape[0] ?? 1;
  return elements > first.outputs * samples;
}

function noteOf([node, units]: readonly [string, readonly number[]]): string {
  const [subject, reach, are] = units.length === 1 ? ["unit", "reaches", "is"] : ["units", "reach", "are"];
  return `hidden ${subject} ${units.join(", ")} of ${node} ${reach} at least eight times as far as the others and ${are} computed apart`;
}

/** Computes those units apart. @throws `plan-mismatch` naming a node that is not the first of two layers, or a unit that it does not have. */
export async function partOutliers(model: Model, outliers: Outliers): Promise<void> {
  const { partUnits } = await import("./part-units.ts");
  for (const [node, units] of Object.entries(outliers)) {
    const layer = hiddenLayers(model.graph).find(({ first }) => first.node.name === node);
    if (!layer || units.some((unit) => unit >= layer.first.outputs)) {
      throw new QuantError("plan-mismatch", `The plan computes units ${units.join(", ")} of node ${node} apart, which the normalized model does not have.`, {
        details: { node },
      });
    }
    partUnits(layer, units);
  }
}

function firstOf(source: CalibrationSource): CalibrationSource {
  const batches = Math.min(source.batches ?? enoughSamples, enoughSamples);
  return {
    id: source.id,
    batches,
    async *[Symbol.asyncIterator]() {
      let left = batches;
      for await (const feeds of source) {
        yield feeds;
        if (--left <= 0) return;
      }
    },
  };
}
