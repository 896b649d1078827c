import { QuantError } from "@halftone/core";

/** A symmetric positive definite matrix, factored: solves M x = b. */
export interface Factored {
  solve(right: readonly number[]): readonly number[];
}

/** `at` gives the lower triangle. @throws `internal` when the matrix is not positive definite. */
export function factor(size: number, at: (row: number, column: number) => number): Factored {
  const lower = Array.from({ length: size }, () => new Float64Array(size));
  for (let row = 0; row < size; row++) {
    const own = lower[row]!;
    for (let column = 0; column <= row; column++) {
      const other = lower[column]!;
      let rest = at(row, column);
      for (let index = 0; index < column; index++) rest -= own[index]! * other[index]!;
      if (row !== column) own[column] = rest / other[column]!;
      else if (rest > 0) own[column] = Math.sqrt(rest);
      else throw new QuantError("internal", `A covariance is not positive definite at row ${row}.`, { details: { row } });
    }
  }
  return { solve: (right) => backward(lower, forward(lower, right)) };
}

function forward(lower: readonly Float64Array[], right: readonly number[]): number[] {
  const solved: number[] = [];
  for (const [row, own] of lower.entries()) {
    let rest = right[row]!;
    for (let index = 0; index < row; index++) rest -= own[index]! * solved[index]!;
    solved.push(rest / own[row]!);
  }
  return solved;
}

function backward(lower: readonly Float64Array[], right: readonly number[]): readonly number[] {
  const solved = [...right];
  for (let row = lower.length - 1; row >= 0; row--) {
    for (let index = row + 1; index < lower.length; index++) solved[row]! -= lower[index]![row]! * solved[index]!;
    solved[row]! /= lower[row]![row]!;
  }
  return solved;
}
