import type { NodeDecision, QuantReport } from "@halftone/core";
import type { Comparison } from "./reading-metrics.ts";

type Row = readonly [label: string, float: string, int8: string, note: string];

/** The report as a table for the terminal. */
export function formatTable(report: QuantReport, comparison: Comparison | undefined): string {
  const { bytes, latency, metrics, nodes } = report;
  const loss = 100 * ((metrics["exactMatch"]?.float ?? Number.NaN) - (metrics["exactMatch"]?.quantized ?? Number.NaN));
  const rows: Row[] = [
    ["", "float", "int8", ""],
    shareRow("exact match", metrics["exactMatch"], `${loss.toFixed(2)} points lost${pairedError(comparison, report.samples)}`),
    shareRow("character accuracy", metrics["characterAccuracy"], `${report.samples} lines, spaces aside`),
    ["lines read alike", "", comparison === undefined ? "unknown" : percent(comparison.agreement), ""],
    ...Object.values(report.outputs).map(({ sqnrDb }): Row => ["SQNR", "", `${sqnrDb.toFixed(1)} dB`, ""]),
    ["file size", megabytes(bytes.before), megabytes(bytes.after), `${(bytes.after / bytes.before).toFixed(3)} of float`],
  ];
  if (latency !== undefined)
    rows.push([
      "latency per line",
      milliseconds(latency.float),
      milliseconds(latency.quantized),
      `${(latency.float / latency.quantized).toFixed(2)} times as fast`,
    ]);
  return [...align(rows), "", ...nodeLines(nodes), ...fusionLines(report.fusion)].join("\n");
}

/** How many nodes run on integers, and why the others do not. */
function nodeLines({ quantized, total, decisions }: QuantReport["nodes"]): string[] {
  const all = Object.values(decisions);
  const modes = tally(all.filter(({ mode }) => mode !== "float").map(({ mode }) => mode));
  const reasons = tally(all.flatMap((decision: NodeDecision) => (decision.mode === "float" ? [decision.reason] : [])));
  return [
    `${quantized} of ${total} nodes quantized: ${modes.map(([mode, count]) => `${count} ${mode}`).join(", ")}`,
    ...reasons.map(([reason, count]) => `${String(count).padStart(5)} float: ${reason}`),
  ];
}

/** What the runtime made of it, read back from its own optimized model. */
function fusionLines({ checked, integerOperators, findings }: QuantReport["fusion"]): string[] {
  if (!checked) return ["fusion check: not possible with this backend"];
  const kernels = Object.entries(integerOperators).map(([operator, count]) => `${count} ${operator}`);
  return [`integer kernels in the runtime: ${kernels.join(", ")}`, ...findings.map(({ kind, where, detail }) => `      ${kind} at ${where}: ${detail}`)];
}

/** Items with their number, the most frequent first. */
function tally(items: readonly string[]): [item: string, count: number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function align(rows: readonly Row[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] as string).length));
  const [label, float, int8] = [width(0), width(1), width(2)];
  return rows.map((row) => `${row[0].padEnd(label)}  ${row[1].padStart(float)}  ${row[2].padStart(int8)}  ${row[3]}`.trimEnd());
}

function shareRow(label: string, metric: QuantReport["metrics"][string] | undefined, note: string): Row {
  return metric === undefined ? [label, "unknown", "unknown", ""] : [label, percent(metric.float), percent(metric.quantized), note];
}

/** Both models saw the same lines: with a share d of changed verdicts the difference has a standard error of sqrt(d / n). */
function pairedError(comparison: Comparison | undefined, samples: number): string {
  return comparison === undefined ? "" : ` (standard error ${(100 * Math.sqrt(comparison.changed / samples)).toFixed(2)})`;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const milliseconds = (seconds: number): string => `${(1000 * seconds).toFixed(2)} ms`;
