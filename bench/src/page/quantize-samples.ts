import { type Backend, type CalibrationSource, type QuantizeOptions, quantizeUnverified, type Tensors } from "@halftone/core";
import { webWasmInteger } from "@halftone/web";
import { contenderOf } from "../methods/contender-of.ts";

export interface QuantizeRequest {
  readonly model: Uint8Array;
  readonly method: string;
  readonly samples: readonly Tensors[];
}

/** What the page and Node both do, each on its own runtime. */
export function quantizeSamples({ model, method, samples }: QuantizeRequest, backend: Backend, onEvent?: QuantizeOptions["onEvent"]) {
  const { scope, create } = contenderOf(method);
  return quantizeUnverified({
    model: { model },
    source: sourceOf(samples),
    method: create(),
    backend,
    target: webWasmInteger(),
    config: { scope },
    search: { samples: samples.length },
    ...(onEvent && { onEvent }),
  });
}

function sourceOf(samples: readonly Tensors[]): CalibrationSource {
  return {
    id: "samples",
    batches: samples.length,
    async *[Symbol.asyncIterator]() {
      yield* samples;
    },
  };
}
