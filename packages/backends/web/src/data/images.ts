import { type CalibrationSource, imageTensor, type Preprocess, QuantError, type QuantEvent } from "@halftone/core";
import { throwIfAborted } from "@halftone/core/backend";
import { decodeImage, type ImageSource } from "./decode.ts";

export interface ImagesOptions {
  /** Name of the model's input. */
  readonly input: string;
  readonly preprocess: Preprocess;
  readonly signal?: AbortSignal;
  /** Told once of every picture that cannot be used. */
  readonly onSkip?: (event: Extract<QuantEvent, { type: "sample-skipped" }>) => void;
}

/**
 * Pictures as calibration data, each decoded when its turn comes: pictures that move, such as a video, are read at that
 * moment, and again in the next pass. One that cannot be decoded is left out; it is an error only when none is left.
 *
 * @throws `empty-calibration` when there are none.
 */
export function images(sources: readonly ImageSource[], { input, preprocess, signal, onSkip }: ImagesOptions): CalibrationSource {
  if (sources.length === 0) throw empty("the list is empty");
  const told = new Set<number>();
  return {
    id: JSON.stringify(["images", input, preprocess, sources.map(nameOf)]),
    get batches() {
      return sources.length - told.size;
    },
    async *[Symbol.asyncIterator]() {
      let reason = "";
      for (const [index, source] of sources.entries()) {
        throwIfAborted(signal);
        try {
          yield { [input]: imageTensor(await decodeImage(source, nameOf(source, index)), preprocess) };
        } catch (error) {
          if (!QuantError.is(error, "invalid-data")) throw error;
          reason = error.message;
          if (!told.has(index)) onSkip?.({ type: "sample-skipped", sample: nameOf(source, index), reason });
          told.add(index);
        }
      }
      if (told.size === sources.length) throw empty(`none of ${sources.length} can be used; the last: ${reason}`);
    },
  };
}

function nameOf(source: ImageSource, index: number): string {
  if (typeof File !== "undefined" && source instanceof File) return `${source.name} (${source.size} bytes)`;
  return `image ${index + 1}`;
}

function empty(reason: string): QuantError {
  return new QuantError("empty-calibration", `There are no pictures to calibrate with: ${reason}.`, { details: { reason } });
}
