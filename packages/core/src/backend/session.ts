import type { InferenceSession } from "onnxruntime-common";
import { type Dtype, type ModelFiles, QuantError, type Session, type Tensors } from "../spec/index.ts";
import { throwIfAborted } from "./abort.ts";
import { backendFailure } from "./failure.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { tensorBridge } from "./tensors.ts";
import type { Turns } from "./turns.ts";
import { typesOf } from "./types.ts";

/** What runs: a binding of ONNX Runtime, and its name for messages. */
export interface SessionHost {
  readonly runtime: OnnxRuntime;
  readonly name: string;
  readonly runOptions?: InferenceSession.RunOptions;
  /** Types it passes besides those that every binding does. */
  readonly besides?: readonly Dtype[];
  /** Shared by the sessions of a binding that does one thing at a time. Without them, runs overlap. */
  readonly turns?: Turns;
  /** Words for what this binding throws. Default `backendFailure`. */
  readonly failure?: typeof backendFailure;
}

const atOnce: Turns["inTurn"] = (_, task) => task();

/** A session of a binding. @throws `backend-failed` when the runtime refuses the model. */
export async function openSession(host: SessionHost, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<Session> {
  const { inTurn } = host.turns ?? { inTurn: atOnce };
  const failure = host.failure ?? backendFailure;
  const native = await inTurn(undefined, () => createNative(host, model, options));
  const tensors = tensorBridge(host);
  const types = typesOf(native);
  const inFlight = new Set<Promise<unknown>>();
  let disposal: Promise<void> | undefined;

  const run = async (feeds: Tensors, fetch: readonly string[]): Promise<Tensors> => {
    checkFeeds(native, feeds);
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
      const running = inTurn(signal, () => run(feeds, fetch));
      inFlight.add(running);
      try {
        const outputs = await running;
        throwIfAborted(signal);
        return outputs;
      } catch (cause) {
        throw failure(host.name, "refused a run", cause);
      } finally {
        inFlight.delete(running);
      }
    },
    dispose() {
      disposal ??= Promise.allSettled(inFlight).then(() => inTurn(undefined, () => native.release()));
      return disposal;
    },
  };
}

/** The binding's own session. @throws `backend-failed`. */
export async function createNative(host: SessionHost, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  const { runtime, name, failure = backendFailure } = host;
  try {
    return await runtime.InferenceSession.create(model.model, options);
  } catch (cause) {
    throw failure(name, "refused the model", cause);
  }
}

function checkFeeds(native: InferenceSession, feeds: Tensors): void {
  const missing = native.inputNames.filter((name) => !Object.hasOwn(feeds, name));
  if (missing.length > 0) throw new QuantError("backend-failed", `The run was not fed ${missing.join(", ")}.`, { details: { tensor: missing[0]! } });
}

function outputType(native: InferenceSession, name: string): string {
  const metadata = native.outputMetadata.find((output) => output.name === name);
  if (!metadata)
    throw new QuantError("backend-failed", `The model has no output "${name}"; it has ${native.outputNames.join(", ")}.`, { details: { tensor: name } });
  return metadata.isTensor ? metadata.type : "not a tensor";
}
