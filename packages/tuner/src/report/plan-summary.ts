import { barChart, floatReasons, type Html, html, htmlTable, type QuantPlan } from "@halftone/core";

/** What a plan decided, without its numbers. */
export function planSummary(plan: QuantPlan): Html {
  const modes = countBy(Object.values(plan.nodes).map(({ mode }) => mode));
  const grids = countBy(
    Object.values(plan.encodings).map(
      ({ dtype, bits, axis }) => `${dtype}${bits === undefined ? "" : `, ${bits} bits used`}, per ${axis === undefined ? "tensor" : "channel"}`,
    ),
  );
  const reasons = floatReasons({ nodes: { decisions: plan.nodes } });
  return html`<p>Method <b>${plan.method}</b>, target <b>${plan.target}</b>, ${Object.keys(plan.operands ?? {}).length} operands with grids of their own.</p>
${htmlTable(["nodes that compute", "count"], rowsOf(modes))}
${htmlTable(["grids", "tensors"], rowsOf(grids))}
${reasons.length === 0 ? "" : html`<p>Nodes stay in float, because:</p>${barChart(reasons.map(({ reason, count }) => ({ label: reason, value: count, text: String(count) })))}`}
${plan.notes?.length ? html`<ul>${plan.notes.map((note) => html`<li>${note}</li>`)}</ul>` : ""}`;
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function rowsOf(counts: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  return [...counts].sort(([, one], [, other]) => other - one).map(([name, count]) => [name, String(count)]);
}
