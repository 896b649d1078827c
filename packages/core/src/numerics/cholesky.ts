/** L with H = L L^T of a symmetric positive definite H, row-major [n, n]; undefined where H is not positive definite to float64 precision. */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const own = lower.subarray(row * n, row * n + row);
    for (let column = 0; column < row; column++) {
      const other = lower.subarray(column * n, column * n + column);
      lower[row * n + column] = (matrix[row * n + column]! - dot(own, other, column)) / lower[column * n + column]!;
    }
    const rest = matrix[row * n + row]! - dot(own, own, row);
    if (!(rest > 0)) return undefined;
    lower[row * n + row] = Math.sqrt(rest);
  }
  return lower;
}

/** X with H X = B, [n, columns] row-major; undefined where H is not positive definite to float64 precision. */
export function solvePositive(matrix: Float64Array, n: number, rightSide: ArrayLike<number>, columns: number): Float64Array | undefined {
  const lower = cholesky(matrix, n);
  if (!lower) return undefined;
  const solved = Float64Array.from(rightSide);
  /** Takes `factor` times row `from` from row `to`. */
  const subtract = (to: number, from: number, factor: number): void => {
    if (factor === 0) return;
    for (let column = 0; column < columns; column++) solved[to * columns + column]! -= factor * solved[from * columns + column]!;
  };
  const divide = (row: number): void => {
    for (let column = 0; column < columns; column++) solved[row * columns + column]! /= lower[row * n + row]!;
  };
  for (let row = 0; row < n; row++) {
    for (let before = 0; before < row; before++) subtract(row, before, lower[row * n + before]!);
    divide(row);
  }
  for (let row = n - 1; row >= 0; row--) {
    divide(row);
    for (let before = 0; before < row; before++) subtract(before, row, lower[row * n + before]!);
  }
  return solved;
}

function dot(left: Float64Array, right: Float64Array, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index++) sum += left[index]! * right[index]!;
  return sum;
}
