import type { QuantReport } from "../spec/index.ts";

/** Why nodes compute in float, most frequent first. */
export function floatReasons(report: {
  readonly nodes: Pick<QuantReport["nodes"], "decisions">;
}): readonly { readonly reason: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const decision of Object.values(report.nodes.decisions)) {
    if (!("reason" in decision)) continue;
    const reason = decision.mode === "emulated" ? `emulated: ${decision.reason}` : decision.reason;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((left, right) => right.count - left.count);
}
