import { type Backend, QuantError, type Session } from "@halftone/core";
import { isCrash } from "../session/failure.ts";
import type { LoadRuntime } from "../session/runtime.ts";
import type { Provider } from "../session/settings.ts";
import { threadBackend } from "../session/thread-backend.ts";
import { type Answer, failedAnswer, type Request, type SessionFacts } from "./protocol.ts";
import { type Parcel, packOutputs } from "./transfer.ts";

/** The worker's side of the channel; a `DedicatedWorkerGlobalScope` is one. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** Answers the requests of one page, in order. */
export function serve(provider: Provider, runtime: LoadRuntime, scope: WorkerScope): void {
  const sessions = new Map<number, Session>();
  let backend: Backend | undefined;

  const answer = async (request: Request): Promise<Parcel<Answer>> => {
    switch (request.kind) {
      case "start":
        backend = threadBackend(provider, runtime, request.settings);
        return alone({ kind: "started" });
      case "open": {
        const session = await backend!.open(request.model, request.options);
        sessions.set(request.session, session);
        return alone({ kind: "opened", facts: factsOf(session) });
      }
      case "run": {
        const { content, buffers } = packOutputs(await sessions.get(request.session)!.run(request.feeds, { fetch: request.fetch }));
        return { content: { kind: "outputs", outputs: content }, buffers };
      }
      case "close":
        await sessions.get(request.session)?.dispose();
        sessions.delete(request.session);
        return alone({ kind: "closed" });
      default:
        return request satisfies never;
    }
  };

  scope.onmessage = async ({ data }) => {
    const { content, buffers } = await answer(data as Request).catch((error: unknown) =>
      alone(failedAnswer(error, isCrash(QuantError.is(error) ? error.cause : error))),
    );
    scope.postMessage(content, [...buffers]);
  };
}

const alone = (content: Answer): Parcel<Answer> => ({ content, buffers: [] });

function factsOf(session: Session): SessionFacts {
  const names = [...session.inputs, ...session.outputs];
  return { inputs: session.inputs, outputs: session.outputs, types: Object.fromEntries(names.map((name) => [name, session.describe?.(name)])) };
}
