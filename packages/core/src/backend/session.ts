import type { InferenceSession } from "onnxruntime-common";
import { type Dtype, type ModelFiles, QuantError, type Session, type Tensors, type TensorType } from "../spec/index.ts";
import { throwIfAborted } from "./abort.ts";
import { backendFailure } from "./failure.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { tensorBridge } from "./tensors.ts";

/** What runs: a binding of ONNX Runtime, and its name for messages. */
export interface SessionHost {
  readonly runtime: OnnxRuntime;
  readonly name: string;
  readonly runOptions?: InferenceSession.RunOptions;
}

/** A session of a binding whose runs may overlap. @throws `backend-failed` when the runtime refuses the model. */
export async function openSession(host: SessionHost, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<Session> {
  const native = await createNative(host, model, options);
  const tensors = tensorBridge(host);
  const types = typesOf(native);
  const inFlight = new Set<Promise<unknown>>();
  let disposal: Promise<void> | undefined;

  const run = async (feeds: Tensors, fetch: readonly string[]): Promise<Tensors> => {
    for (const name of fetch) tensors.check(name, outputType(native, name));
    const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, tensors.toRuntime(name, tensor)]));
    const outputs = await native.run(inputs, fetch, host.runOptions);
    return Object.fromEntries(await Promise.all(fetch.map(async (name) => [name, await tensors.fromRuntime(outputs[name]!)] as const)));
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
        throw backendFailure(host.name, "refused a run", cause);
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

/** The binding's own session. @throws `backend-failed`. */
export async function createNative({ runtime, name }: SessionHost, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model.model, options);
  } catch (cause) {
    throw backendFailure(name, "refused the model", cause);
  }
}

/** What the runtime inferred when it loaded the model. */
function typesOf(native: InferenceSession): ReadonlyMap<string, TensorType> {
  const tensors = [...native.inputMetadata, ...native.outputMetadata].flatMap((value) => (value.isTensor ? [value] : []));
  // Bindings show an unknown rank as they show a scalar: without dimensions.
  return new Map(tensors.map(({ name, type, shape }) => [name, { dtype: type as Dtype, shape: shape.length > 0 ? shape : undefined }]));
}

function outputType(native: InferenceSession, name: string): string {
  const metadata = native.outputMetadata.find((output) => output.name === name);
  if (!metadata)
    throw new QuantError("backend-failed", `The model has no output "${name}"; it has ${native.outputNames.join(", ")}.`, { details: { tensor: name } });
  return metadata.isTensor ? metadata.type : "not a tensor";
}
