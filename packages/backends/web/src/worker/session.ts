import { type ModelFiles, QuantError, type Session, type SessionOptions } from "@halftone/core";
import { throwIfAborted } from "@halftone/core/backend";
import type { Connection } from "./connection.ts";
import type { WorkerPool } from "./pool.ts";
import type { SessionFacts } from "./protocol.ts";
import { packFeeds, packModel } from "./transfer.ts";

/** A session in the pool's worker. Where the worker was ended, by an abort or a crash, the next run opens the model again. */
export async function openInWorker(pool: WorkerPool, model: ModelFiles, options: SessionOptions | undefined): Promise<Session> {
  const session = pool.nextSession();
  const release = pool.hold();
  let home: Connection;
  let disposal: Promise<void> | undefined;

  const settle = async (signal?: AbortSignal): Promise<SessionFacts> => {
    home = await pool.connection();
    const { content, buffers } = packModel(model);
    const { facts } = await home.request({ content: { kind: "open", session, model: content, options }, buffers }, "opened", signal);
    return facts;
  };

  const facts = await pool
    .inTurn(undefined, () => settle())
    .catch((error: unknown) => {
      release();
      throw error;
    });

  return {
    inputs: facts.inputs,
    outputs: facts.outputs,
    describe: (name) => (Object.hasOwn(facts.types, name) ? facts.types[name] : undefined),
    async run(feeds, { fetch = facts.outputs, signal } = {}) {
      throwIfAborted(signal);
      if (disposal) throw new QuantError("backend-failed", "The session was disposed; open the model again.");
      return pool.inTurn(signal, async () => {
        if (!home.alive) await settle(signal);
        const { content, buffers } = packFeeds(feeds);
        return (await home.request({ content: { kind: "run", session, feeds: content, fetch }, buffers }, "outputs", signal)).outputs;
      });
    },
    dispose() {
      disposal ??= pool.inTurn(undefined, async () => {
        if (home.alive) await home.request({ content: { kind: "close", session }, buffers: [] }, "closed");
        release();
      });
      return disposal;
    },
  };
}
