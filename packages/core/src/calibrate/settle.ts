/**
 * A look at the first sample that can save work on all others: where operators bound their output on both sides, as
 * Relu6 does, a single sample often reaches both bounds. Extremes cannot move any more then, and need not be computed.
 */
import { cloneModel, int, type Model, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { type Bounds, boundsOf } from "../placement/index.ts";
import type { Backend, Tensors } from "../spec/index.ts";
import { observedValue } from "./instrument.ts";
import type { Observed } from "./observed.ts";
import type { ShapeOf } from "./reduce/observing-nodes.ts";

/** Opening the model once more must pay. */
const fewestSamples = 192;
const leastShare = 0.2;

interface Candidate {
  readonly observed: Observed;
  readonly value: Value;
  readonly bounds: Bounds;
}

/** The observations that are still open; those that are not have seen the sample. */
export async function withoutSettled(
  model: Model,
  all: readonly Observed[],
  shapeOf: ShapeOf,
  feeds: Tensors,
  samples: number | undefined,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<readonly Observed[]> {
  const candidates = all.flatMap((observed) => candidateOf(model, observed));
  const sizeOf = (value: Value): number => shapeOf(value).reduce((product, dimension) => product * dimension, 1);
  const sum = (values: readonly Value[]): number => values.reduce((total, value) => total + sizeOf(value), 0);
  const share = sum(candidates.map(({ value }) => value)) / sum(all.map(({ observation }) => observedValue(model.graph, observation)));
  if (samples === undefined || samples < fewestSamples || !(share >= leastShare)) return all;
  const settled = await lookAt(model, candidates, feeds, backend, signal);
  return all.filter((observed) => !settled.has(observed));
}

function candidateOf(model: Model, observed: Observed): readonly Candidate[] {
  const { observation, observer } = observed;
  const value = observedValue(model.graph, observation);
  const bounds = boundsOf(value);
  const whole = observation.reduction.kind === "extremes" && observation.reduction.axis === undefined;
  return whole && observer.isSettled && bounds.min === 0 && Number.isFinite(bounds.max) && value.dtype === "float32" ? [{ observed, value, bounds }] : [];
}

async function lookAt(
  model: Model,
  candidates: readonly Candidate[],
  feeds: Tensors,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<Observed>> {
  const probe = cloneModel(model);
  const outputs = candidates.map(({ value }) => {
    const max = probe.graph.addNode("ReduceMax", [probe.graph.value(value.name)!], { attributes: { keepdims: int(0) } }).outputs[0]!;
    max.dtype = "float32";
    probe.graph.addOutput(max);
    return max.name;
  });
  const session = await backend.open(writeModel(probe), { optimization: "disabled" });
  try {
    const results = await session.run(feeds, { fetch: outputs, ...(signal && { signal }) });
    const settled = new Set<Observed>();
    candidates.forEach(({ observed, bounds }, index) => {
      const data = Float32Array.of(bounds.min, Number(results[outputs[index]!]!.data[0]));
      if (data[1]! < bounds.max) return;
      observed.observer.update({ dtype: "float32", shape: [2], data });
      if (observed.observer.isSettled!(bounds)) settled.add(observed);
    });
    return settled;
  } finally {
    await session.dispose();
  }
}
