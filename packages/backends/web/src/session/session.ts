import { type ModelFiles, QuantError, type Session, type Tensors } from "@halftone/core";
import { type TensorBridge, type Turns, throwIfAborted } from "@halftone/core/backend";
import type { InferenceSession } from "onnxruntime-web";
import { backendFailure } from "./failure.ts";
import { runOptions } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { tensorsOf } from "./tensors.ts";
import { typesOf } from "./types.ts";

/** What a session needs besides its model. The runtime does one thing at a time: `turns` is shared by its sessions. */
export interface SessionHost {
  readonly runtime: OnnxRuntime;
  /** For messages. */
  readonly name: string;
  readonly turns: Turns;
}

export async function openSession(host: SessionHost, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<Session> {
  const { runtime, name, turns } = host;
  const native = await turns.inTurn(undefined, () => create(host, model, options));
  const tensors = tensorsOf(runtime);
  const types = typesOf(native);
  let disposal: Promise<void> | undefined;

  const run = async (feeds: Tensors, fetch: readonly string[]): Promise<Tensors> => {
    checkFeeds(native, feeds);
    for (const output of fetch) checkOutput(native, tensors, output);
    const inputs = Object.fromEntries(Object.entries(feeds).map(([input, tensor]) => [input, tensors.toRuntime(input, tensor)]));
    const outputs = await native.run(inputs, fetch, runOptions);
    return Object.fromEntries(await Promise.all(fetch.map(async (output) => [output, await tensors.fromRuntime(outputs[output]!)] as const)));
  };

  return {
    inputs: native.inputNames,
    outputs: native.outputNames,
    describe: (value) => types.get(value),
    async run(feeds, { fetch = native.outputNames, signal } = {}) {
      throwIfAborted(signal);
      if (disposal) throw new QuantError("backend-failed", "The session was disposed; open the model again.");
      const outputs = await turns.inTurn(signal, () =>
        run(feeds, fetch).catch((cause: unknown) => {
          throw backendFailure(name, "refused a run", cause);
        }),
      );
      throwIfAborted(signal);
      return outputs;
    },
    dispose() {
      disposal ??= turns.inTurn(undefined, () => native.release());
      return disposal;
    },
  };
}

async function create({ runtime, name }: SessionHost, model: ModelFiles, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model.model, options);
  } catch (cause) {
    throw backendFailure(name, "refused the model", cause);
  }
}

function checkFeeds(native: InferenceSession, feeds: Tensors): void {
  const missing = native.inputNames.filter((name) => !Object.hasOwn(feeds, name));
  if (missing.length > 0) throw new QuantError("backend-failed", `The run was not fed ${missing.join(", ")}.`, { details: { tensor: missing[0]! } });
}

function checkOutput(native: InferenceSession, tensors: TensorBridge, name: string): void {
  const metadata = native.outputMetadata.find((output) => output.name === name);
  if (!metadata)
    throw new QuantError("backend-failed", `The model has no output "${name}"; it has ${native.outputNames.join(", ")}.`, { details: { tensor: name } });
  tensors.check(name, metadata.isTensor ? metadata.type : "not a tensor");
}
