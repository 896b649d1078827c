import { type AffineEncoding, type Backend, type LayerSample, type ProbeMetric, type SearchRuntime, scaledBy } from "@halftone/core";
import { floatLayer } from "./float-layer.ts";
import { leastSecondsInTurns } from "./turns.ts";

/** Where the search of a layer starts. */
export interface LayerStart {
  readonly left: AffineEncoding;
  readonly right: AffineEncoding;
}

/** GFLOP/s: 2 B R D M operations over the fastest run. */
export interface LayerSpeed {
  readonly batch: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly float: number;
  /** Of candidates for the left side (the activation), and for the right side (the weight, or the second activation). */
  readonly search: Readonly<Record<ProbeMetric, { readonly left: number; readonly right: number }>>;
}

export interface MeasureOptions {
  readonly backend: Backend;
  readonly runtime: SearchRuntime;
  readonly rounds: number;
}

/** The float layer on the rows that the search looks at, and candidates for both sides, in turns. */
export async function measureLayer(sample: LayerSample, start: LayerStart, { backend, runtime, rounds }: MeasureOptions): Promise<LayerSpeed> {
  const [batch, rows, depth] = sample.left.shape as [number, number, number];
  const columns = sample.right.shape[2]!;
  const { model, feeds } = floatLayer(sample.left, sample.right, sample.layer.weight !== undefined);
  const float = await backend.open(model);
  const [squaredError, cosine] = [await runtime.probe(sample, "squared-error"), await runtime.probe(sample, "cosine")];
  const leftOf = (probe: typeof cosine) => (factor: number) => probe.error({ left: { encoding: scaledBy(start.left, factor) }, right: start.right });
  const rightOf = (probe: typeof cosine) => (factor: number) => probe.error({ left: { encoding: start.left }, right: scaledBy(start.right, factor) });
  try {
    const seconds = await leastSecondsInTurns(
      {
        float: () => float.run(feeds),
        squaredLeft: leftOf(squaredError),
        squaredRight: rightOf(squaredError),
        cosineLeft: leftOf(cosine),
        cosineRight: rightOf(cosine),
      },
      rounds,
    );
    const speedOf = (name: keyof typeof seconds): number => (2 * batch * rows * depth * columns) / seconds[name] / 1e9;
    return {
      batch,
      rows,
      depth,
      columns,
      float: speedOf("float"),
      search: {
        "squared-error": { left: speedOf("squaredLeft"), right: speedOf("squaredRight") },
        cosine: { left: speedOf("cosineLeft"), right: speedOf("cosineRight") },
      },
    };
  } finally {
    await float.dispose();
    await squaredError.dispose();
    await cosine.dispose();
  }
}
