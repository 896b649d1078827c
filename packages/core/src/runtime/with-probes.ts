import { type LayerSample, type PlanContext, type Probe, type ProbeMetric, QuantError } from "../spec/index.ts";

/** Opens a probe per sample, and closes them behind `work`. They stop where the run is aborted. */
export async function withProbes<Result>(
  { runtime, signal }: Pick<PlanContext, "runtime" | "signal">,
  samples: readonly LayerSample[],
  metric: ProbeMetric,
  work: (probes: readonly Probe[]) => Promise<Result>,
): Promise<Result> {
  const probes: Probe[] = [];
  try {
    for (const sample of samples) probes.push(stoppable(await runtime.probe(sample, metric), signal));
    return await work(probes);
  } finally {
    for (const probe of probes) await probe.dispose();
  }
}

function stoppable(probe: Probe, signal: AbortSignal | undefined): Probe {
  return {
    ...probe,
    error: async (candidate) => {
      if (signal?.aborted) throw new QuantError("aborted", "The search was aborted.", { cause: signal.reason });
      return probe.error(candidate);
    },
  };
}
