import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { type ModelFiles, QuantError } from "@halftone/core";
import { aborted } from "@halftone/core/backend";
import { type Answer, fileCollector, type Message, type Request, sendFiles } from "./protocol.ts";

export interface ChildOptions {
  /** Module that the child imports as its runtime. Default: onnxruntime-node. */
  readonly runtime?: string;
  /** The child's program. Default: the one of this package; needed when this package is bundled into another file. */
  readonly entry?: string;
}

/** A child process that is asked one thing at a time. */
export interface Child {
  /** A signal that fires kills the process. */
  request<Kind extends Answer["kind"]>(request: Request, answer: Kind, signal?: AbortSignal): Promise<Extract<Answer, { kind: Kind }>>;
  sendFiles(files: ModelFiles): Promise<void>;
  /** The files the child sent since the last call. */
  takeFiles(): ModelFiles;
  /** False once the process has ended or is about to. */
  readonly alive: boolean;
  end(): Promise<void>;
}

const wordsKept = 2000;

export function startChild(options: ChildOptions): Child {
  const entry = options.entry ?? createRequire(import.meta.url).resolve("@halftone/node/child");
  const child = fork(entry, options.runtime === undefined ? [] : [options.runtime], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const received = fileCollector();
  let words = "";
  let waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: QuantError) => void } | undefined;
  let ended: QuantError | undefined;
  let heard = false;

  // A session nobody waits for must not keep the parent's process running.
  const hold = (held: boolean) => {
    for (const handle of [child, child.channel, child.stderr as unknown as { ref(): void; unref(): void } | null]) held ? handle?.ref() : handle?.unref();
  };
  const settle = () => {
    const current = waiting;
    waiting = undefined;
    hold(false);
    return current;
  };
  const fail = (error: QuantError) => {
    ended ??= error;
    settle()?.reject(ended);
  };

  child.stderr!.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-wordsKept);
  });
  child.on("message", (message: Message) => {
    heard = true;
    if (message.kind === "part") received.add(message);
    else settle()?.resolve(message as Answer);
  });
  // "close" of the child itself does not come after a disconnect from this side.
  const drained = new Promise<void>((resolve) => child.stderr!.once("close", resolve));
  const closed = new Promise<void>((resolve) => {
    child.once("error", (cause) => {
      fail(endOf(cause.message, heard, words));
      resolve();
    });
    child.once("exit", async (code, signal) => {
      await drained;
      fail(endOf(signal ? `signal ${signal}` : `exit code ${code}`, heard, words));
      resolve();
    });
  });
  const kill = (error: QuantError) => {
    fail(error);
    child.kill("SIGKILL");
  };
  const send = (message: Message) =>
    new Promise<void>((resolve, reject) => {
      if (ended) reject(ended);
      // When the process ends, "close" tells why; the channel's own error would only say that it is closed.
      else child.send(message, (error) => (error ? closed.then(() => reject(ended)) : resolve()));
    });

  return {
    async request(request, expected, signal) {
      if (ended) throw ended;
      const onAbort = () => kill(aborted(signal));
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const answered = new Promise<Answer>((resolve, reject) => {
          waiting = { resolve, reject };
        });
        hold(true);
        if (signal?.aborted) onAbort();
        send(request).catch(fail);
        const answer = await answered;
        if (answer.kind === "failed") throw new QuantError(answer.code, answer.message, { details: answer.details });
        if (answer.kind !== expected) throw new QuantError("internal", `The runtime's process answered "${answer.kind}" instead of "${expected}".`);
        return answer as Extract<Answer, { kind: typeof expected }>;
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
    sendFiles: (files) => sendFiles(send, files),
    takeFiles: () => received.take(),
    get alive() {
      return ended === undefined;
    },
    async end() {
      hold(true);
      if (child.connected) child.disconnect();
      await closed;
    },
  };
}

function endOf(reason: string, heard: boolean, words: string): QuantError {
  const said = words.trim() ? ` Its last words: ${words.trim()}` : "";
  const details = { reason, words: words.trim() };
  if (heard) return new QuantError("backend-failed", `The process that ran onnxruntime-node ended with ${reason}.${said}`, { details });
  return new QuantError("backend-unavailable", `The process for onnxruntime-node could not start (${reason}). Is @halftone/node installed and built?${said}`, {
    details,
  });
}
