/** The candidate of least error, the first where several have it or no error is a number. */
export async function leastError<Candidate>(candidates: readonly Candidate[], errorOf: (candidate: Candidate) => Promise<number>): Promise<Candidate> {
  let best = candidates[0] as Candidate;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const error = await errorOf(candidate);
    if (error < least) [least, best] = [error, candidate];
  }
  return best;
}
