import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { QuantError } from "@halftone/core";
import type { Answer, Request } from "./child-protocol.ts";

/** How a request to a child ended when there is no answer. */
export interface Death {
  readonly kind: "death";
  /** `signal SIGABRT`, `exit code 7`, or why it was killed. */
  readonly reason: string;
  /** The end of what it wrote to stderr. */
  readonly words: string;
}

/** A process that carries out one trial at a time. */
export interface TrialChild {
  readonly pid: number | undefined;
  readonly alive: boolean;
  request(request: Request): Promise<Answer | Death>;
  /** The request that is being answered ends in a death for this reason. */
  kill(reason: string): void;
  /** Resolves when the process is gone. */
  end(): Promise<void>;
}

const wordsKept = 2000;

export function startTrialChild(): TrialChild {
  const entry = createRequire(import.meta.url).resolve("@halftone/tuner/child");
  const child = fork(entry, { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let words = "";
  let killed: string | undefined;
  let dead: Death | undefined;
  let answer: ((answer: Answer | Death) => void) | undefined;
  const settle = (value: Answer | Death): void => {
    const waiting = answer;
    answer = undefined;
    hold(child, false);
    waiting?.(value);
  };
  child.stderr!.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-wordsKept);
  });
  child.on("message", (message: Answer) => settle(message));
  // "close" of the child itself does not come after a disconnect from this side.
  const drained = new Promise<void>((resolve) => child.stderr!.once("close", resolve));
  const closed = new Promise<void>((resolve) => {
    const end = (reason: string): void => {
      dead ??= { kind: "death", reason: killed ?? reason, words: words.trim() };
      settle(dead);
      resolve();
    };
    child.once("error", (cause) => end(cause.message));
    child.once("exit", async (code, signal) => {
      await drained;
      end(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  return {
    pid: child.pid,
    get alive() {
      return dead === undefined && killed === undefined;
    },
    request: async (request) => {
      if (dead) return dead;
      if (answer) throw new QuantError("internal", "A process for trials was asked before it had answered.");
      const answered = new Promise<Answer | Death>((resolve) => {
        answer = resolve;
      });
      hold(child, true);
      // When the process has ended, its exit says why.
      child.send(request, () => undefined);
      return answered;
    },
    kill: (reason) => {
      killed ??= reason;
      child.kill("SIGKILL");
    },
    end: async () => {
      hold(child, true);
      if (child.connected) child.disconnect();
      await closed;
    },
  };
}

/** A process that nobody waits for must not keep its parent running. */
function hold(child: ChildProcess, held: boolean): void {
  const stderr = child.stderr as unknown as { ref?(): void; unref?(): void } | null;
  for (const handle of [child, child.channel, stderr]) held ? handle?.ref?.() : handle?.unref?.();
}
