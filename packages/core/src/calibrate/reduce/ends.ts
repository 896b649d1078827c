import type { Tensors } from "../../spec/index.ts";
import type { ReadRows } from "./gather.ts";

export type Side = "min" | "max";

/** Of the whole tensor, from one number per slice in each row. */
export function wholeEnd(side: Side, rows: ReadRows, outputs: Tensors): number {
  const ends = rows(outputs).map(side === "max" ? largest : least);
  return side === "max" ? Math.max(...ends) : Math.min(...ends);
}

/** Of each slice, over all rows. */
export function sliceEnds(side: Side, rows: ReadRows, outputs: Tensors): Float32Array {
  const pick = side === "max" ? Math.max : Math.min;
  return rows(outputs).reduce((ends, row) => ends.map((end, index) => pick(end, row[index]!)));
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
