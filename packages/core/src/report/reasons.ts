import type { QuantReport } from "../spec/index.ts";

/** Why nodes stay in float, most frequent first. */
export function floatReasons(report: {
  readonly nodes: Pick<QuantReport["nodes"], "decisions">;
}): readonly { readonly reason: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const decision of Object.values(report.nodes.decisions)) {
    if (decision.mode === "float") counts.set(decision.reason, (counts.get(decision.reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((left, right) => right.count - left.count);
}
