import type { Session } from "@halftone/core";
import { nodeBackend } from "../node-backend.ts";
import type { LoadRuntime } from "../session/runtime.ts";
import { type Answer, failedAnswer, fileCollector, type Message, type Request, type Send, type SessionFacts, sendFiles } from "./protocol.ts";

/** The child's side: one backend, one session, one request after the other. */
export function serve(send: Send, runtime: LoadRuntime): (message: Message) => Promise<void> {
  const backend = nodeBackend({ runtime });
  const received = fileCollector();
  let session: Session | undefined;

  const answer = async (request: Request): Promise<Answer> => {
    switch (request.kind) {
      case "open":
        session = await backend.open(received.take(), request.options);
        return { kind: "opened", facts: factsOf(session) };
      case "optimize":
        await sendFiles(send, await backend.optimize!(received.take(), request.options));
        return { kind: "optimized" };
      case "run":
        return { kind: "outputs", outputs: await session!.run(request.feeds, { fetch: request.fetch }) };
      default:
        return request satisfies never;
    }
  };

  return async (message) => {
    if (message.kind === "part") received.add(message);
    else await send(await answer(message as Request).catch(failedAnswer));
  };
}

function factsOf(session: Session): SessionFacts {
  const names = [...session.inputs, ...session.outputs];
  return { inputs: session.inputs, outputs: session.outputs, types: Object.fromEntries(names.map((name) => [name, session.describe?.(name)])) };
}
