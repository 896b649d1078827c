import type { NodeSensitivity } from "@halftone/core";

/** What one node on integers does to the model's output. */
export interface LayerBar {
  readonly node: string;
  readonly op: string;
  readonly sqnrDb: number;
  /** Noise as a share of the signal, by amplitude: 10^(-dB / 20), at most 1. */
  readonly noise: number;
  /** Length of the bar in [0, 1]: the noisiest node's is 1. */
  readonly length: number;
}

/** The nodes that hurt most, worst first. */
export function layerBars(rows: readonly NodeSensitivity[], most: number): readonly LayerBar[] {
  const noiseOf = (sqnrDb: number): number => (Number.isNaN(sqnrDb) ? 1 : Math.min(1, 10 ** (-sqnrDb / 20)));
  const noisy = rows.map(({ node, op, isolated: { sqnrDb } }) => ({ node, op, sqnrDb, noise: noiseOf(sqnrDb) }));
  const worst = noisy.sort((left, right) => right.noise - left.noise).slice(0, most);
  const largest = worst[0]?.noise ?? 0;
  return worst.map((bar) => ({ ...bar, length: largest === 0 ? 0 : bar.noise / largest }));
}
