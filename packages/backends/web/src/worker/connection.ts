import { QuantError } from "@halftone/core";
import { aborted } from "@halftone/core/backend";
import type { Answer, FailedAnswer, Request } from "./protocol.ts";
import type { Parcel } from "./transfer.ts";

/** A worker that is asked one thing at a time. */
export interface Connection {
  /** A signal that fires ends the worker. */
  request<Kind extends Exclude<Answer, FailedAnswer>["kind"]>(
    request: Parcel<Request>,
    answer: Kind,
    signal?: AbortSignal,
  ): Promise<Extract<Answer, { kind: Kind }>>;
  /** False once the worker has ended. */
  readonly alive: boolean;
  end(): void;
}

export function connect(worker: Worker): Connection {
  let alive = true;
  let heard = false;
  let waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: QuantError) => void } | undefined;

  const end = (error?: QuantError) => {
    alive = false;
    worker.terminate();
    if (error) waiting?.reject(error);
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    heard = true;
    waiting?.resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end(brokenWorker(event.message || "its program could not be loaded", heard));
  };
  worker.onmessageerror = () => end(brokenWorker("an answer could not be read", heard));

  return {
    async request({ content, buffers }, expected, signal) {
      const onAbort = () => end(aborted(signal));
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const answer = await new Promise<Answer>((resolve, reject) => {
          waiting = { resolve, reject };
          worker.postMessage(content, [...buffers]);
        });
        if (answer.kind === "failed") throw failure(answer);
        if (answer.kind !== expected) throw new QuantError("internal", `The runtime's worker answered "${answer.kind}" instead of "${expected}".`);
        return answer as Extract<Answer, { kind: typeof expected }>;
      } finally {
        signal?.removeEventListener("abort", onAbort);
        waiting = undefined;
      }
    },
    get alive() {
      return alive;
    },
    end: () => end(),
  };

  function failure({ code, message, details, crashed }: FailedAnswer): QuantError {
    if (crashed) end();
    return new QuantError(code, message, { details });
  }
}

function brokenWorker(reason: string, heard: boolean): QuantError {
  const details = { reason };
  if (heard) return new QuantError("backend-failed", `The worker that ran onnxruntime-web ended: ${reason}. Open the model again.`, { details });
  return new QuantError(
    "backend-unavailable",
    `The worker for onnxruntime-web could not start: ${reason}. See that your bundler emits module workers, or hand in one of your own as the option "worker".`,
    { details },
  );
}
