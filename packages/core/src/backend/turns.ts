import { aborted } from "./abort.ts";

/** Runs one task at a time. A task whose signal fires before its turn never starts. */
export interface Turns {
  inTurn<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T>;
}

/** Turns of one runtime, or of one worker: whoever shares them runs one at a time. */
export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    inTurn<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const giveUp = () => reject(aborted(signal));
        signal?.addEventListener("abort", giveUp, { once: true });
        last = last.then(async () => {
          signal?.removeEventListener("abort", giveUp);
          if (signal?.aborted) return;
          await task().then(resolve, reject);
        });
      });
    },
  };
}
