// Quantizes PP-OCRv4's text recogniser and measures what it cost, on lines of text rendered with fonts from npm.
import { fileURLToPath } from "node:url";
import { type QuantEvent, quantize, renderReport } from "@halftone/core";
import { staticMethods } from "@halftone/min-max";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { decodeGreedy } from "./ctc.ts";
import { lineSource } from "./line-source.ts";
import { renderLines } from "./lines.ts";
import { writeOutputs } from "./outputs.ts";
import { readingMetrics } from "./reading-metrics.ts";
import { loadRecognizer } from "./recognizer.ts";
import { formatTable } from "./table.ts";

const started = performance.now();

// The two splits share no font and no text: what calibration sees is never what is measured.
const calibration = await renderLines({ split: "calibration", count: 128, seed: 1 });
const evaluation = await renderLines({ split: "evaluation", count: 800, seed: 1 });
console.log(`render     ${seconds(performance.now() - started)}, ${calibration.length} lines to calibrate and ${evaluation.length} to measure`);

const { model, alphabet } = await loadRecognizer();
const reading = readingMetrics(
  evaluation.map((line) => line.text),
  (scores) => decodeGreedy(scores, alphabet),
);

const result = await quantize({
  model: { model },
  source: lineSource("calibration-1-128", calibration),
  // Several ways to choose ranges: the data is run once for all, and the plan that stays closest to the float model wins.
  method: staticMethods(),
  backend: nodeBackend(),
  target: await nodeTarget(),
  verification: lineSource("evaluation-1-800", evaluation),
  metrics: reading.metrics,
  tolerance: 0.005,
  onEvent: tellStages,
});

const folder = new URL("../out/", import.meta.url);
await writeOutputs(folder, {
  "model.onnx": result.model.model,
  "plan.json": JSON.stringify(result.plan, null, 2),
  "report.html": renderReport({ title: "PP-OCRv4 text recogniser", report: result.report, plan: result.plan }),
});

console.log(`\n${formatTable(result.report, reading.compare())}`);
for (const warning of result.report.warnings) console.log(`warning: ${warning}`);
console.log(`\nmodel.onnx, plan.json and report.html are in ${fileURLToPath(folder)} (${seconds(performance.now() - started)} in all)`);

function tellStages(event: QuantEvent): void {
  if (event.type === "plan-compared") console.log(`           ${event.method}: ${event.sqnrDb.toFixed(1)} dB`);
  if (event.type === "stage-end") console.log(`${event.stage.padEnd(10)} ${event.seconds.toFixed(1)} s`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
