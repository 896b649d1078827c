import { QuantError } from "../spec/index.ts";

/**
 * The items of `source`, each asked for while the one before is still worked on: preparing a sample (decoding, resizing)
 * overlaps with running the model. At most two items are alive. Stops waiting as soon as the signal fires.
 */
export async function* ahead<Item>(source: AsyncIterable<Item>, signal?: AbortSignal): AsyncGenerator<Item, void> {
  const iterator = source[Symbol.asyncIterator]();
  const { promise: aborted, dispose } = rejectOnAbort(signal);
  const ask = (): Promise<IteratorResult<Item>> => {
    const asked = Promise.race([iterator.next(), aborted]);
    // Whoever takes the item sees the failure; nobody may be left to take it.
    asked.catch(() => undefined);
    return asked;
  };
  let finished = false;
  try {
    let next = ask();
    for (;;) {
      const result = await next;
      if (result.done) {
        finished = true;
        return;
      }
      next = ask();
      yield result.value;
    }
  } finally {
    dispose();
    if (!finished) await closed(iterator, signal);
  }
}

/** A source that hangs must not keep an aborted run waiting. */
async function closed(iterator: AsyncIterator<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const closing = Promise.resolve(iterator.return?.()).catch(() => undefined);
  if (!signal?.aborted) await closing;
}

function rejectOnAbort(signal: AbortSignal | undefined): { readonly promise: Promise<never>; dispose(): void } {
  let listener: (() => void) | undefined;
  const promise = new Promise<never>((_, reject) => {
    if (!signal) return;
    listener = () => reject(aborted(signal));
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, dispose: () => listener && signal?.removeEventListener("abort", listener) };
}

function aborted(signal: AbortSignal): QuantError {
  return new QuantError("aborted", "Calibration was aborted.", { cause: signal.reason });
}
