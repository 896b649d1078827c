import { QuantError } from "@halftone/core";
import type { SampleSource } from "@halftone/node";

/** Core counts samples; people know files: an error about sample 3 of a source becomes one about its file. */
export async function nameSample<Result>(sources: readonly SampleSource[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const index = QuantError.is(error) ? error.details["sample"] : undefined;
    if (!QuantError.is(error) || typeof index !== "number") throw error;
    const name = sources.map((source) => source.nameOf(index)).find((found) => found !== undefined);
    if (name === undefined) throw error;
    throw new QuantError(error.code, `${name}: ${error.message}`, { details: { ...error.details, file: name }, cause: error });
  }
}
