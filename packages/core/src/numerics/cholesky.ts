/**
 * The upper triangle U with H^-1 = U^T U of a symmetric positive definite H: what rounding needs that lets the weights not yet rounded make up for
 * those that are (GPTQ, arXiv 2210.17323, section 3, step 3).
 */

/** Row-major [n, n]; undefined where H is not positive definite to float64 precision. */
export function inverseCholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = cholesky(matrix, n);
  if (!lower) return undefined;
  return upperOfInverse(invertLower(lower, n), n);
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

/** L with H = L L^T. */
function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
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

/** The inverse of a lower triangle, transposed: rows of the result are columns of L^-1, so that both are read in order. */
function invertLower(lower: Float64Array, n: number): Float64Array {
  const transposed = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const solved = transposed.subarray(column * n, column * n + n);
    solved[column] = 1 / lower[column * n + column]!;
    for (let row = column + 1; row < n; row++) {
      let sum = 0;
      const start = row * n;
      for (let index = column; index < row; index++) sum += lower[start + index]! * solved[index]!;
      solved[row] = -sum / lower[start + row]!;
    }
  }
  return transposed;
}

/** With H^-1 = L^-T L^-1, the Cholesky factor U: H^-1 = U^T U, found from the products of the rows given. */
function upperOfInverse(transposed: Float64Array, n: number): Float64Array | undefined {
  const inverse = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const left = transposed.subarray(row * n, row * n + n);
    for (let column = 0; column <= row; column++) {
      const right = transposed.subarray(column * n, column * n + n);
      let sum = 0;
      for (let index = row; index < n; index++) sum += left[index]! * right[index]!;
      inverse[row * n + column] = sum;
      inverse[column * n + row] = sum;
    }
  }
  const lower = cholesky(inverse, n);
  if (!lower) return undefined;
  const upper = new Float64Array(n * n);
  for (let row = 0; row < n; row++) for (let column = 0; column <= row; column++) upper[column * n + row] = lower[row * n + column]!;
  return upper;
}

function dot(left: Float64Array, right: Float64Array, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index++) sum += left[index]! * right[index]!;
  return sum;
}
