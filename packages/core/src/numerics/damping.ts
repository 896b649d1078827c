/**
 * Second moments of few samples say more than will hold for others. What is added to their diagonal makes them say less, and so does counting rows more evenly than
 * they matter; how much of either is best shows where one half of the samples is judged by the other.
 */

/** In units of the mean of the diagonal. With the last one nothing is left of what elements have in common. */
export const dampings: readonly number[] = [0.01, 0.1, 1, 10, Number.POSITIVE_INFINITY];

/** How far moments are believed. */
export interface Belief {
  /** Which of the ways to count rows; 0 is as they matter. */
  readonly counting: number;
  readonly damping: number;
}

/** What is done between two steps of a long computation, such as to let others have their turn, or to stop: it may throw. */
export type Rest = () => Promise<void>;

/**
 * The belief of least loss among so many ways to count, each with the first of the dampings behind which the loss grows. A loss that is not known, such as of moments that
 * cannot be inverted, is infinite.
 */
export async function bestBelief(countings: number, lossOf: (belief: Belief) => number, rest: Rest): Promise<Belief> {
  let best: Belief & { readonly loss: number } = { counting: 0, damping: dampings[0]!, loss: Number.POSITIVE_INFINITY };
  for (let counting = 0; counting < countings; counting++) {
    let before = Number.POSITIVE_INFINITY;
    for (const damping of dampings) {
      const loss = lossOf({ counting, damping });
      await rest();
      if (loss > before) break;
      if (loss < best.loss || (counting === 0 && loss === best.loss)) best = { counting, damping, loss };
      before = loss;
    }
  }
  return { counting: best.counting, damping: best.damping };
}

/** d^T H d of a symmetric H, summed over the columns of d: [depth, columns], H: [depth, depth]. */
export function quadratic(change: Float64Array, moments: Float32Array, depth: number, columns: number): number {
  let sum = 0;
  for (let row = 0; row < depth; row++) {
    const own = change.subarray(row * columns, (row + 1) * columns);
    for (let other = 0; other <= row; other++) {
      const moment = moments[row * depth + other]!;
      if (moment !== 0) sum += (other === row ? 1 : 2) * moment * dot(own, change.subarray(other * columns, (other + 1) * columns));
    }
  }
  return sum;
}

export function dot(left: Float64Array, right: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

/** So many columns answer for all where it is decided how far moments are believed. */
const judgingColumns = 32;

export interface PickedColumns {
  /** How many. */
  readonly columns: number;
  /** From a position in [depth, columns picked] to the one in [depth, all columns]. */
  readonly whole: (position: number) => number;
  /** [depth, columns picked] of [depth, all columns]. */
  from(matrix: Float32Array, depth: number): Float32Array;
}

/** Spread evenly. */
export function pickColumns(columns: number): PickedColumns {
  const stride = Math.ceil(columns / judgingColumns);
  const kept = Math.ceil(columns / stride);
  const whole = (position: number): number => Math.floor(position / kept) * columns + (position % kept) * stride;
  return { columns: kept, whole, from: (matrix, depth) => Float32Array.from({ length: depth * kept }, (_, position) => matrix[whole(position)]!) };
}
