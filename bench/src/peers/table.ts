import { tableLines } from "../shared/table-lines.ts";
import type { Row } from "./row.ts";

const heads = [
  "model",
  "calibration",
  "tool",
  "quality, float",
  "quantized",
  "agreement",
  "SQNR dB",
  "calibration / float",
  "all, s",
  "peak MB (float)",
  "size",
  "float / int8",
];

export function markdownTable(rows: readonly Row[]): string {
  return tableLines(heads, rows.map(cellsOf), 3).join("\n");
}

function cellsOf(row: Row): readonly string[] {
  const identity = [row.workload, row.calibration, `${row.tool}, ${row.variant}`];
  if (!row.result || !row.cost) return [...identity, `fails: ${row.failure}`, ...heads.slice(4).map(() => "")];
  const { result, cost } = row;
  return [
    ...identity,
    result.float === undefined ? "" : `${row.quality} ${percent(result.float)}`,
    result.quantized === undefined ? "" : `${percent(result.quantized)} ± ${percent(Math.sqrt((result.changed ?? 0) / result.samples))}`,
    percent(result.agreement),
    result.sqnrDb.toFixed(1),
    cost.calibrationRatio.toFixed(2),
    cost.totalSeconds.toFixed(1),
    `${cost.peakMegabytes.toFixed(0)} (${cost.floatPeakMegabytes.toFixed(0)})`,
    result.sizeRatio.toFixed(3),
    result.latencyRatio.toFixed(2),
  ];
}

const percent = (share: number): string => (100 * share).toFixed(2);
