import { type Dtype, type ModelFiles, QuantError, type Session, type SessionOptions, type Tensors, type TensorType } from "@halftone/core";
import type { InferenceSession } from "onnxruntime-node";
import { throwIfAborted } from "../abort.ts";
import { backendFailure } from "./failure.ts";
import { runOptions, runtimeOptions } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { checkCarried, fromRuntime, toRuntime } from "./tensor.ts";

export async function openSession(runtime: OnnxRuntime, model: ModelFiles, options?: SessionOptions): Promise<Session> {
  const native = await createNative(runtime, model, runtimeOptions(model, options));
  const types = typesOf(native);
  const inFlight = new Set<Promise<unknown>>();
  let disposal: Promise<void> | undefined;

  const run = async (feeds: Tensors, fetch: readonly string[]): Promise<Tensors> => {
    for (const name of fetch) checkOutput(native, name);
    const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(runtime, name, tensor)]));
    const outputs = await native.run(inputs, fetch, runOptions);
    return Object.fromEntries(fetch.map((name) => [name, fromRuntime(outputs[name]!)]));
  };

  return {
    inputs: native.inputNames,
    outputs: native.outputNames,
    describe: (name) => types.get(name),
    async run(feeds, { fetch = native.outputNames, signal } = {}) {
      throwIfAborted(signal);
      if (disposal) throw new QuantError("backend-failed", "The session was disposed; open the model again.");
      const running = run(feeds, fetch);
      inFlight.add(running);
      try {
        const outputs = await running;
        throwIfAborted(signal);
        return outputs;
      } catch (cause) {
        throw backendFailure("refused a run", cause);
      } finally {
        inFlight.delete(running);
      }
    },
    dispose() {
      disposal ??= Promise.allSettled(inFlight).then(() => native.release());
      return disposal;
    },
  };
}

export async function createNative(runtime: OnnxRuntime, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model.model, options);
  } catch (cause) {
    throw backendFailure("refused the model", cause);
  }
}

/** What the runtime inferred when it loaded the model. */
function typesOf(native: InferenceSession): ReadonlyMap<string, TensorType> {
  const tensors = [...native.inputMetadata, ...native.outputMetadata].flatMap((value) => (value.isTensor ? [value] : []));
  // The binding shows an unknown rank as it shows a scalar: without dimensions.
  return new Map(tensors.map(({ name, type, shape }) => [name, { dtype: type as Dtype, shape: shape.length > 0 ? shape : undefined }]));
}

function checkOutput(native: InferenceSession, name: string): void {
  const metadata = native.outputMetadata.find((output) => output.name === name);
  if (!metadata)
    throw new QuantError("backend-failed", `The model has no output "${name}"; it has ${native.outputNames.join(", ")}.`, { details: { tensor: name } });
  checkCarried(name, metadata.isTensor ? metadata.type : "not a tensor");
}
