import { QuantError } from "@halftone/core";

/** A file that is served beside the page. @throws `invalid-model` when it is not there. */
export async function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new QuantError("invalid-model", `${url} could not be loaded (${response.status}); serve the whole build, assets included.`);
  return new Uint8Array(await response.arrayBuffer());
}
