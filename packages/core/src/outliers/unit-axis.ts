/** How a constant next to hidden units tells them apart: along one of its axes, or not at all; `mixed` where it makes more of them than there are. */
export function unitAxis(
  shape: readonly number[],
  { axis, rank, units }: { readonly axis: number; readonly rank: number; readonly units: number },
): number | "shared" | "mixed" {
  if (shape.length > rank) return "mixed";
  const own = axis - (rank - shape.length);
  if (own < 0 || shape[own] === 1) return "shared";
  return shape[own] === units ? own : "mixed";
}
