import type { Tensors } from "../../spec/index.ts";

/** Reads one end of a range. */
export interface End {
  /** Of the whole tensor. */
  whole(outputs: Tensors): number;
  /** Of each slice along the axis the end was built for. */
  slices(outputs: Tensors): Float32Array;
}

/** The end of a tensor from rows of largest values, one value per slice in each; a minimum is read from the negative. */
export function endOf(side: "min" | "max", rowsOf: (outputs: Tensors) => readonly Float32Array[], negated = false): End {
  const sign = negated ? -1 : 1;
  const larger = side === "max" || negated;
  return {
    whole: (outputs) => {
      const ends = rowsOf(outputs).map((row) => (larger ? largest(row) : least(row)));
      return sign * (larger ? Math.max(...ends) : Math.min(...ends));
    },
    slices: (outputs) => {
      const [first, ...others] = rowsOf(outputs);
      const ends = first!.slice();
      for (const row of others) {
        for (let index = 0; index < ends.length; index++) ends[index] = larger ? Math.max(ends[index]!, row[index]!) : Math.min(ends[index]!, row[index]!);
      }
      if (negated) for (let index = 0; index < ends.length; index++) ends[index] = -ends[index]!;
      return ends;
    },
  };
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
