import { type CompensatedRounding, compensatedRounding, type Rounded } from "./compensated-rounding.ts";
import type { Rest } from "./damping.ts";

/** Multiples of a column's scale that it is rounded at. */
const factors: readonly number[] = [0.8, 0.85, 0.9, 0.95, 1.05, 1.1, 1.15];

export interface FittedRounding extends Rounded {
  /** On the scale of each column: [columns]. */
  readonly factors: Float64Array;
}

/**
 * `compensatedRounding` at the multiple of each column's scale that moves its outputs least: a scale that was searched with every element rounded to the nearest is not
 * the best where elements make up for each other. Every column needs a scale of its own.
 */
export async function fitScales(options: CompensatedRounding, rest: Rest): Promise<FittedRounding> {
  const { depth, columns, scaleOf } = options;
  const { codes, errors } = compensatedRounding(options);
  const chosen = new Float64Array(columns).fill(1);
  for (const factor of factors) {
    await rest();
    const tried = compensatedRounding({ ...options, scaleOf: (position) => Math.fround(scaleOf(position) * factor) });
    for (let column = 0; column < columns; column++) {
      if (!(tried.errors[column]! < errors[column]!)) continue;
      errors[column] = tried.errors[column]!;
      chosen[column] = factor;
      for (let position = column; position < depth * columns; position += columns) codes[position] = tried.codes[position]!;
    }
  }
  return { codes, errors, factors: chosen };
}
