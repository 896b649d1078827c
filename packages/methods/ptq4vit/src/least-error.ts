/** The candidate of least error, the first where several have it. */
export async function leastError<Candidate>(candidates: readonly Candidate[], errorOf: (candidate: Candidate) => Promise<number>): Promise<Candidate> {
  let best: Candidate = candidates[0]!;
  if (candidates.length === 1) return best;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const error = await errorOf(candidate);
    if (error < least) [least, best] = [error, candidate];
  }
  return best;
}
