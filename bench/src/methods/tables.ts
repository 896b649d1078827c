/**
 * The rows as markdown. The difference is paired: both models answered the same samples, and with a share d of changed answers its
 * standard error is sqrt(d / n).
 */
import { tableLines } from "../shared/table-lines.ts";
import type { Journal } from "./journal.ts";
import type { Request, Suite } from "./request.ts";
import { rowsOf } from "./request.ts";
import { isMeasured, type Measurement, type Row, type RowIdentity } from "./row.ts";

const heads = [
  "configuration",
  "method",
  "float",
  "quantized",
  "difference (standard error)",
  "agreement",
  "seconds",
  "peak MB",
  "size",
  "times as fast",
  "integer multiply-adds",
];

/** One table over all models, then one for each with everything that was measured. Rows that were not measured are left out. */
export function suiteTables(suite: Suite, request: Request, journal: Pick<Journal, "find">): string {
  const rows = rowsOf(suite, request).flatMap((identity) => journal.find(identity) ?? []);
  const shown = suite.models.filter((model) => rows.some((row) => row.model === model));
  const parts = shown.map((model) => {
    const own = rows.filter((row) => row.model === model);
    return [`#### ${model}, ${own[0]!.evaluate} samples`, "", ...tableLines(heads, own.map(cellsOf), 2)].join("\n");
  });
  const machines = [...new Set(rows.map((row) => row.machine))].map((machine) => `Measured on ${machine}.`);
  return [`### ${suite.title}`, ...machines, ...(shown.length > 1 ? [overview(suite, shown, rows)] : []), ...parts].join("\n\n");
}

/** Differences side by side; for models without labels the agreement, in percent. */
function overview(suite: Suite, shown: readonly string[], rows: readonly Row[]): string {
  const lines = suite.configs.flatMap((config) =>
    suite.methods.flatMap((method) => {
      const own = rows.filter((row) => row.config === config && row.method === method);
      if (own.length === 0) return [];
      return [[config, method, ...shown.map((model) => headline(own.find((row) => row.model === model)))]];
    }),
  );
  return tableLines(["configuration", "method", ...shown], lines, 2).join("\n");
}

function headline(row: Row | undefined): string {
  if (!row) return "";
  if (!isMeasured(row)) return "fails";
  return differenceOf(row) ?? `${percent(row.result.agreement)} alike`;
}

function cellsOf(row: Row): readonly string[] {
  const identity = [row.config, row.method];
  if (!isMeasured(row)) return [...identity, `fails: ${row.failure.replaceAll(/[|\s]+/g, " ")}`, ...heads.slice(3).map(() => "")];
  const { result, cost } = row;
  return [
    ...identity,
    result.float === undefined ? "" : percent(result.float),
    result.quantized === undefined ? "" : percent(result.quantized),
    differenceOf(row) ?? "",
    percent(result.agreement),
    cost.seconds.toFixed(1),
    cost.peakMegabytes.toFixed(0),
    (result.bytes.quantized / result.bytes.float).toFixed(3),
    (result.milliseconds.float / result.milliseconds.quantized).toFixed(2),
    result.multiplyAdds ? (result.multiplyAdds.integer / result.multiplyAdds.total).toFixed(3) : "",
  ];
}

function differenceOf({ result, evaluate }: RowIdentity & Measurement): string | undefined {
  if (result.float === undefined || result.quantized === undefined) return undefined;
  return `${signed(result.quantized - result.float)} (${percent(Math.sqrt((1 - result.agreement) / evaluate))})`;
}

/** A row in one line, for whoever watches. */
export function summaryOf(row: Row): string {
  return [row.model, ...cellsOf(row)].filter((cell) => cell !== "").join("  ");
}

const percent = (share: number): string => (100 * share).toFixed(2);
const signed = (share: number): string => (share > 0 ? `+${percent(share)}` : percent(share));
