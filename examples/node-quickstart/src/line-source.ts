import type { CalibrationSource } from "@halftone/core";
import type { Line } from "./lines.ts";
import { toInput } from "./preprocess.ts";

/** One line per feed, prepared when it is asked for: pictures are small, their float tensors are not. */
export function lineSource(id: string, lines: readonly Line[]): CalibrationSource {
  return {
    id,
    batches: lines.length,
    async *[Symbol.asyncIterator]() {
      for (const line of lines) yield { x: await toInput(line) };
    },
  };
}
