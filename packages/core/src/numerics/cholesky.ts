/** L with H = L L^T of a symmetric positive definite H, row-major [n, n]; undefined where H is not positive definite to float64 precision. */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const own = row * n;
    for (let column = 0; column < row; column++) {
      lower[own + column] = (matrix[own + column]! - dot(lower, own, column * n, column)) / lower[column * n + column]!;
    }
    const rest = matrix[own + row]! - dot(lower, own, own, row);
    if (!(rest > 0)) return undefined;
    lower[own + row] = Math.sqrt(rest);
  }
  return lower;
}

/** X with L L^T X = B, [n, columns] row-major. `solved` holds B, then X. */
export function solveInPlace(lower: Float64Array, n: number, solved: Float64Array, columns: number): void {
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
}

/** Four sums at once: one would wait for itself. */
function dot(values: Float64Array, left: number, right: number, length: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let index = 0;
  for (; index + 3 < length; index += 4) {
    first += values[left + index]! * values[right + index]!;
    second += values[left + index + 1]! * values[right + index + 1]!;
    third += values[left + index + 2]! * values[right + index + 2]!;
    fourth += values[left + index + 3]! * values[right + index + 3]!;
  }
  for (; index < length; index++) first += values[left + index]! * values[right + index]!;
  return first + second + (third + fourth);
}
