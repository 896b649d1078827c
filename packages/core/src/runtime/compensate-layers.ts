import { rescaleWeight } from "../plan/index.ts";
import type { AffineEncoding, LayerSample, OperandPlan, PlanContext } from "../spec/index.ts";
import { compensatedCodes, type MomentsOf } from "./compensate.ts";
import { halveSample } from "./halve-sample.ts";

/** How the layers are read, and the grids of their weights. */
export interface DecidedGrids {
  readonly operand: OperandPlan | undefined;
  weight(name: string): AffineEncoding;
}

/**
 * Codes of the weights of layers that read one tensor, by initializer: each makes up for the rounding of those before it, and where the samples were taken with
 * encodings upstream, for what the layers read being no longer what the float network computed. Where there is importance, rows count by it.
 */
export async function compensateLayers(
  { graph, runtime }: Pick<PlanContext, "graph" | "runtime">,
  samples: readonly LayerSample[],
  { operand, weight }: DecidedGrids,
): Promise<Readonly<Record<string, string>>> {
  const codes: Record<string, string> = {};
  for (const sample of samples) {
    const { layer } = sample;
    const node = graph.node(layer.node)!;
    const original = graph.value(layer.weight!)!.constant!;
    const probes = await Promise.all(halveSample(sample).map((half) => runtime.probe(half)));
    const halves = probes.map(
      (probe): MomentsOf =>
        (elements, right) =>
          probe.moments({ ...(operand && { left: operand }), right, elements }),
    );
    try {
      const rescaled = operand?.rescaling ? rescaleWeight(node, original, operand.rescaling) : original;
      codes[layer.weight!] = await compensatedCodes({ layer, node, weight: rescaled, encoding: weight(layer.weight!), halves });
    } finally {
      for (const probe of probes) await probe.dispose();
    }
  }
  return codes;
}
