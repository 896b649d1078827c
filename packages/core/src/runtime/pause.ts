import { QuantError } from "../spec/index.ts";

/**
 * Lets events happen that wait behind a long computation, such as a request to stop.
 *
 * @throws `aborted` where the signal is one.
 */
export async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 0);
  });
  if (signal?.aborted) throw new QuantError("aborted", "The search was aborted.", { cause: signal.reason });
}
