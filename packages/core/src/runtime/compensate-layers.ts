import { type Finding, rescaleWeight } from "../plan/index.ts";
import type { AffineEncoding, LayerSample, Moments, OperandPlan, PlanContext } from "../spec/index.ts";
import { compensatedWeight, type MomentsOf } from "./compensate.ts";
import { halveSample } from "./halve-sample.ts";

/** How the layers are read, and the grids of their weights. */
export interface DecidedGrids {
  readonly operand: OperandPlan | undefined;
  weight(name: string): AffineEncoding;
}

/**
 * Codes of the weights of layers that read one tensor, and scales that suit them: each makes up for the rounding of those before it, and where the samples were taken with
 * encodings upstream, for what the layers read being no longer what the float network computed. Where there is importance, rows count by it, or by its square root where
 * so few matter that what they say does not hold for others.
 */
export async function compensateLayers(
  { graph, placement, runtime, signal }: Pick<PlanContext, "graph" | "placement" | "runtime" | "signal">,
  samples: readonly LayerSample[],
  { operand, weight }: DecidedGrids,
): Promise<Finding> {
  const codes: Record<string, string> = {};
  const weights: Record<string, AffineEncoding> = {};
  for (const sample of samples) {
    const { layer } = sample;
    const [name, node] = [layer.weight!, graph.node(layer.node)!];
    const original = graph.value(name)!.constant!;
    const probes = await Promise.all(halveSample(sample).map((half) => runtime.probe(half)));
    const countings = sample.importance ? (["importance", "root"] as const) : (["importance"] as const);
    const halves = probes.map(
      (probe): MomentsOf =>
        async (elements, right) => {
          const moments: Moments[] = [];
          for (const counting of countings) moments.push(await probe.moments({ ...(operand && { left: operand }), right, elements, counting }));
          return moments;
        },
    );
    try {
      const rescaled = operand?.rescaling ? rescaleWeight(node, original, operand.rescaling) : original;
      const { granularity, scheme } = placement.weights.find(({ tensor }) => tensor === name)!.config;
      const ownScales = granularity === "channel" && scheme !== "power-of-two";
      const found = await compensatedWeight({ layer, node, weight: rescaled, encoding: weight(name), ownScales, halves, ...(signal && { signal }) });
      codes[name] = found.codes;
      weights[name] = found.encoding;
    } finally {
      for (const probe of probes) await probe.dispose();
    }
  }
  return { operands: {}, weights, codes };
}
