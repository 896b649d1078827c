/** A step whose error has grown to this multiple of the least clips so much that smaller ones will not make up for it. */
const hopeless = 8;

/** Of the factors, every that many is tried first, then those next to the best. Errors have one valley at this distance. */
const stride = 4;

/** The factor of least error; 1 where no error is a number. Factors are tried from the largest on, as core's search of weights does it. */
export async function leastFactor(factors: readonly number[], errorOf: (factor: number) => Promise<number>): Promise<number> {
  const descending = [...factors].sort((left, right) => right - left);
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  const attempt = async (index: number): Promise<boolean> => {
    const error = await errorOf(descending[index]!);
    if (error < least) [least, best] = [error, index];
    return error <= hopeless * least;
  };
  for (let index = 0; index < descending.length; index += stride) if (!(await attempt(index))) break;
  if (best === undefined) return 1;
  const middle = best;
  for (let index = middle + 1 - stride; index < middle + stride; index++) {
    if (index !== middle && index >= 0 && index < descending.length) await attempt(index);
  }
  return descending[best]!;
}
