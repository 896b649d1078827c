/** What the page offers to the benchmarks, as `globalThis.bench`: the SDK on onnxruntime-web, in a worker. */
import type { Session, Tensor, Tensors } from "@halftone/core";
import { wasmBackend } from "@halftone/web/wasm";
import { interleavedTimes } from "./interleaved-times.ts";
import { type QuantizeRequest, quantizeSamples } from "./quantize-samples.ts";

export interface QuantizeAnswer {
  readonly model: Uint8Array;
  /** JSON. */
  readonly plan: string;
  /** Of everything up to the quantized model, without verification. */
  readonly seconds: number;
  readonly stages: Readonly<Record<string, number>>;
  /** Of one run of the float model on each of the same samples, warm. */
  readonly floatSeconds: number;
}

export interface LatencyRequest {
  /** The first is what the others are compared with. */
  readonly models: readonly Uint8Array[];
  readonly samples: readonly Tensors[];
  readonly rounds: number;
  readonly threads?: number;
}

const start = () => new Worker("/worker.js", { type: "module" });

const program = {
  async quantize(request: QuantizeRequest): Promise<QuantizeAnswer> {
    const { model, samples } = request;
    const backend = wasmBackend({ worker: start });
    const stages: Record<string, number> = {};
    const result = await quantizeSamples(request, backend, (event) => {
      if (event.type === "stage-end") stages[event.stage] = event.seconds;
    });
    const seconds = Object.values(stages).reduce((sum, each) => sum + each, 0);
    const session = await backend.open({ model });
    try {
      await runAll(session, samples.slice(0, 1));
      const from = performance.now();
      await runAll(session, samples);
      return { model: result.model.model, plan: JSON.stringify(result.plan), seconds, stages, floatSeconds: (performance.now() - from) / 1000 };
    } finally {
      await session.dispose();
    }
  },

  /** The first output of the model for each sample. */
  async outputs(model: Uint8Array, samples: readonly Tensors[]): Promise<readonly Tensor[]> {
    const session = await wasmBackend({ worker: start }).open({ model });
    try {
      return (await runAll(session, samples)).map((outputs) => outputs[session.outputs[0]!]!);
    } finally {
      await session.dispose();
    }
  },

  /** Milliseconds by model and round. */
  async latency({ models, samples, rounds, threads }: LatencyRequest): Promise<readonly (readonly number[])[]> {
    const backend = wasmBackend({ worker: start, ...(threads !== undefined && { threads }) });
    const sessions = await Promise.all(models.map((model) => backend.open({ model }, { spinning: false })));
    try {
      return await interleavedTimes(sessions, samples, rounds);
    } finally {
      for (const session of sessions) await session.dispose();
    }
  },
};

export type PageProgram = typeof program;

Object.assign(globalThis, { bench: program });

async function runAll(session: Session, samples: readonly Tensors[]): Promise<readonly Tensors[]> {
  const outputs: Tensors[] = [];
  for (const feeds of samples) outputs.push(await session.run(feeds));
  return outputs;
}
