import type { LayerSample, Probe, ProbeMetric, SearchRuntime } from "../spec/index.ts";

/** Opens a probe per sample, and closes them behind `work`. */
export async function withProbes<Result>(
  runtime: SearchRuntime,
  samples: readonly LayerSample[],
  metric: ProbeMetric,
  work: (probes: readonly Probe[]) => Promise<Result>,
): Promise<Result> {
  const probes: Probe[] = [];
  try {
    for (const sample of samples) probes.push(await runtime.probe(sample, metric));
    return await work(probes);
  } finally {
    for (const probe of probes) await probe.dispose();
  }
}
