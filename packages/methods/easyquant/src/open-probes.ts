import { type LayerSample, type PlanContext, type Probe, QuantError } from "@halftone/core";

/** Opens a probe of the cosine per layer, and closes them behind `work`. They stop where the run is aborted. */
export async function withProbes<Result>(
  { runtime, signal }: Pick<PlanContext, "runtime" | "signal">,
  samples: readonly LayerSample[],
  work: (probes: readonly Probe[]) => Promise<Result>,
): Promise<Result> {
  const probes: Probe[] = [];
  try {
    for (const sample of samples) probes.push(stoppable(await runtime.probe(sample, "cosine"), signal));
    return await work(probes);
  } finally {
    for (const probe of probes) await probe.dispose();
  }
}

function stoppable(probe: Probe, signal: PlanContext["signal"]): Probe {
  return {
    ...probe,
    error: async (candidate) => {
      throwIfAborted(signal);
      return probe.error(candidate);
    },
  };
}

export function throwIfAborted(signal: PlanContext["signal"]): void {
  if (signal?.aborted) throw new QuantError("aborted", "The search was aborted.", { cause: signal.reason });
}
