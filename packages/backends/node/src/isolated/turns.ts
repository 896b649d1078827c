import { aborted } from "../abort.ts";

/** Lets tasks run one after the other; one whose signal fires while it waits is dropped. */
export function turns(): { inTurn<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> } {
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
