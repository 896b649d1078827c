/** A table of numbers, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export function matrixOf(rows: readonly (readonly number[])[], columns: number = rows[0]?.length ?? 0): Matrix {
  return { rows: rows.length, columns, values: Float32Array.from(rows.flat()) };
}

/** What a model learns from. */
export interface TrainingRows {
  readonly features: Matrix;
  /** One per row; larger is better. */
  readonly targets: Float32Array;
  /** One per row, rows of a group next to each other: pairwise ranking compares rows of one group only. */
  readonly groups: Int32Array;
}
