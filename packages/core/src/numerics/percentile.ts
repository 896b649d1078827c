/** The value that `percent` of the sorted values do not exceed, interpolated between neighbours; NaN of nothing. */
export function percentile(values: Iterable<number>, percent: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(rank);
  const low = sorted[below] ?? Number.NaN;
  return low + (rank - below) * ((sorted[below + 1] ?? low) - low);
}
