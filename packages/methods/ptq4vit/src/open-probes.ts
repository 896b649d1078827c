import { type LayerSample, type PlanContext, type Probe, QuantError } from "@halftone/core";
import type { Settings } from "./options.ts";

/** Opens a probe per layer, and closes them behind `work`. They stop where the run is aborted. */
export async function withProbes<Result>(
  { runtime, signal }: Pick<PlanContext, "runtime" | "signal">,
  samples: readonly LayerSample[],
  metric: Settings["metric"],
  work: (probes: readonly Probe[]) => Promise<Result>,
): Promise<Result> {
  const probes: Probe[] = [];
  try {
    for (const sample of samples) probes.push(stoppable(await runtime.probe(sample, metric === "cosine" ? "cosine" : "squared-error"), signal));
    return await work(probes);
  } finally {
    for (const probe of probes) await probe.dispose();
  }
}

function stoppable(probe: Probe, signal: PlanContext["signal"]): Probe {
  return {
    ...probe,
    error: (candidate) => {
      throwIfAborted(signal);
      return probe.error(candidate);
    },
  };
}

export function throwIfAborted(signal: PlanContext["signal"]): void {
  if (signal?.aborted) throw new QuantError("aborted", "The search was aborted.", { cause: signal.reason });
}
