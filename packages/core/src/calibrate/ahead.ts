import { QuantError } from "../spec/index.ts";

/**
 * The items of `source`, each asked for while the one before is still worked on: preparing a sample (decoding, resizing)
 * overlaps with running the model. At most two items are alive. Stops waiting as soon as the signal fires.
 */
export async function* ahead<Item>(source: AsyncIterable<Item>, signal?: AbortSignal): AsyncGenerator<Item, void> {
  const iterator = source[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<Item>> => {
    const asked = orAborted(iterator.next(), signal);
    // Whoever takes the item sees the failure; nobody may be left to take it.
    asked.catch(() => undefined);
    return asked;
  };
  let finished = false;
  try {
    let next = ask();
    for (;;) {
      const { done, value } = await next;
      if (done) {
        finished = true;
        return;
      }
      next = ask();
      yield value;
    }
  } finally {
    if (!finished) await close(iterator, signal);
  }
}

/** A source that hangs must not keep an aborted run waiting. */
async function close(iterator: AsyncIterator<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const closing = Promise.resolve(iterator.return?.()).catch(() => undefined);
  if (!signal?.aborted) await closing;
}

/** Not `Promise.race` with one promise for the signal: that would hold on to every item until the end. */
function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new QuantError("aborted", "Calibration was aborted.", { cause: signal.reason }));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
