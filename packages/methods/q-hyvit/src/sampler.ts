import { type ImportanceOptions, type Layer, type LayerSample, type PlanContext, QuantError, type SampleOptions, type StartingPlan } from "@halftone/core";

/** Samples with importance; without it from the first operator on that has no gradient. */
export interface Sampler {
  /** What it asks of the runtime. */
  options(per: NonNullable<ImportanceOptions["per"]>): SampleOptions;
  sample(layers: readonly Layer[], per: NonNullable<ImportanceOptions["per"]>, options?: SampleOptions): Promise<readonly LayerSample[]>;
}

/** The gradient is that of the network on the grids it starts from. An operator without one is told to `note`. */
export function createSampler({ runtime }: PlanContext, quantized: StartingPlan, note: (text: string) => void): Sampler {
  let isWeighed = true;
  const options: Sampler["options"] = (per) => (isWeighed ? { importance: { quantized, per } } : {});
  return {
    options,
    sample: (layers, per, extra = {}) =>
      runtime.sample(layers, { ...options(per), ...extra }).catch((error: unknown) => {
        if (!QuantError.is(error, "unsupported-op")) throw error;
        if (isWeighed) note(`errors are not weighed by gradients: ${error.message}`);
        isWeighed = false;
        return runtime.sample(layers, extra);
      }),
  };
}
