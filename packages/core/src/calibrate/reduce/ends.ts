import type { Tensors } from "../../spec/index.ts";
import type { ReadRows } from "./gather.ts";

/** One end of a range as the runtime leaves it: numbers per row, one of each for every slice. */
export interface Ends {
  readonly side: "min" | "max";
  readonly rows: ReadRows;
  /** The numbers are those of the negative tensor, whose maximum stands for the minimum. */
  readonly negated: boolean;
}

/** Of the whole tensor. */
export function wholeEnd({ side, rows, negated }: Ends, outputs: Tensors): number {
  const ends = rows(outputs);
  if (side === "min" && !negated) return Math.min(...ends.map(least));
  const end = Math.max(...ends.map(largest));
  return negated ? -end : end;
}

/** Of each slice. */
export function sliceEnds({ side, rows, negated }: Ends, outputs: Tensors): Float32Array {
  const pick = side === "max" || negated ? Math.max : Math.min;
  const ends = rows(outputs).reduce((all, row) => all.map((end, index) => pick(end, row[index]!)));
  return negated ? ends.map((end) => -end) : ends;
}

function largest(values: Float32Array): number {
  let end = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) if (values[index]! > end) end = values[index]!;
  return end;
}

function least(values: Float32Array): number {
  let end = Number.POSITIVE_INFINITY;
  for (let index = 0; index < values.length; index++) if (values[index]! < end) end = values[index]!;
  return end;
}
