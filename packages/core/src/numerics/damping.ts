/**
 * Second moments of few samples say more than will hold for others. What is added to their diagonal makes them say less; how much is best shows where one
 * half of the samples is judged by the other.
 */

/** In units of the mean of the diagonal. With the last one nothing is left of what elements have in common. */
export const dampings: readonly number[] = [0.01, 0.1, 1, Number.POSITIVE_INFINITY];

/** The first of the dampings behind which the loss grows. A loss that is not known, such as of moments that cannot be inverted, is infinite. */
export function bestDamping(lossOf: (damping: number) => number): number {
  let best = { damping: dampings[0]!, loss: Number.POSITIVE_INFINITY };
  for (const damping of dampings) {
    const loss = lossOf(damping);
    if (loss > best.loss) break;
    best = { damping, loss };
  }
  return best.damping;
}

/** d^T H d, summed over the columns of d: [depth, columns], H: [depth, depth]. */
export function quadratic(change: Float64Array, moments: Float32Array, depth: number, columns: number): number {
  let sum = 0;
  for (let row = 0; row < depth; row++) {
    const own = change.subarray(row * columns, (row + 1) * columns);
    for (let other = 0; other < depth; other++) {
      const moment = moments[row * depth + other]!;
      if (moment !== 0) sum += moment * dot(own, change.subarray(other * columns, (other + 1) * columns));
    }
  }
  return sum;
}

export function dot(left: Float64Array, right: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}
