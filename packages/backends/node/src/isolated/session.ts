import { type ModelFiles, QuantError, type Session, type SessionOptions } from "@halftone/core";
import { throwIfAborted, turns } from "@halftone/core/backend";
import { type Child, type ChildOptions, startChild } from "./child-process.ts";
import type { SessionFacts } from "./protocol.ts";

/** A session in a process of its own. After a run that killed the process, the next one starts another. */
export async function openIsolated(childOptions: ChildOptions, model: ModelFiles, options: SessionOptions | undefined): Promise<Session> {
  let { child, facts } = await connect(childOptions, model, options);
  const { inTurn } = turns();
  let disposal: Promise<void> | undefined;

  return {
    inputs: facts.inputs,
    outputs: facts.outputs,
    describe: (name) => (Object.hasOwn(facts.types, name) ? facts.types[name] : undefined),
    async run(feeds, { fetch = facts.outputs, signal } = {}) {
      throwIfAborted(signal);
      if (disposal) throw new QuantError("backend-failed", "The session was disposed; open the model again.");
      return inTurn(signal, async () => {
        if (!child.alive) ({ child, facts } = await connect(childOptions, model, options, signal));
        return (await child.request({ kind: "run", feeds, fetch }, "outputs", signal)).outputs;
      });
    },
    dispose() {
      disposal ??= inTurn(undefined, () => child.end());
      return disposal;
    },
  };
}

async function connect(
  childOptions: ChildOptions,
  model: ModelFiles,
  options: SessionOptions | undefined,
  signal?: AbortSignal,
): Promise<{ child: Child; facts: SessionFacts }> {
  const child = startChild(childOptions);
  try {
    await child.sendFiles(model);
    const { facts } = await child.request({ kind: "open", options }, "opened", signal);
    return { child, facts };
  } catch (error) {
    await child.end();
    throw error;
  }
}

export async function optimizeIsolated(childOptions: ChildOptions, model: ModelFiles, options: SessionOptions | undefined): Promise<ModelFiles> {
  const child = startChild(childOptions);
  try {
    await child.sendFiles(model);
    await child.request({ kind: "optimize", options }, "optimized");
    return child.takeFiles();
  } finally {
    await child.end();
  }
}
