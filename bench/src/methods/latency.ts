import type { Session, Tensors } from "@halftone/core";
import { median } from "../shared/median.ts";

export interface LatencyOptions {
  /** Inputs to take turns with: each warms both models once. */
  readonly feeds: readonly Tensors[];
  readonly rounds: number;
}

/** Median milliseconds of both models on the same inputs, in turns, so that a busy machine slows both alike. */
export async function interleavedLatency(
  sessions: { readonly float: Session; readonly quantized: Session },
  { feeds, rounds }: LatencyOptions,
): Promise<{ readonly float: number; readonly quantized: number }> {
  const times = { float: [] as number[], quantized: [] as number[] };
  for (let round = -feeds.length; round < rounds; round++) {
    // The order alternates: whoever runs second finds warmer caches.
    const order = round % 2 === 0 ? (["float", "quantized"] as const) : (["quantized", "float"] as const);
    for (const which of order) {
      const start = performance.now();
      await sessions[which].run(feeds[(round + feeds.length) % feeds.length]!);
      if (round >= 0) times[which].push(performance.now() - start);
    }
  }
  return { float: median(times.float), quantized: median(times.quantized) };
}
