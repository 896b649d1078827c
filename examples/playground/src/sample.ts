// The sample: PP-OCRv4's text recogniser, and lines of text that are drawn in the page with the browser's own fonts.
import type { Tensor } from "@halftone/core";
import { decodeGreedy } from "@halftone/example-node-quickstart/ctc";
import { createRandom, hashText } from "@halftone/example-node-quickstart/random";
import { readingMetrics } from "@halftone/example-node-quickstart/reading-metrics";
import { drawText } from "@halftone/example-node-quickstart/texts";
import modelUrl from "ocr-models/ch_PP-OCRv4_rec_infer.onnx?url";
import charactersUrl from "ocr-models/ppocr_keys_v1.txt?url";
import { drawLine, lineHeight } from "./draw-line.ts";
import { fetchBytes } from "./fetch-bytes.ts";
import { pictureSource, type ShownPicture, type Subject } from "./subject.ts";

const calibrationLines = 64;
const evaluationLines = 24;
const shownLines = 8;

interface TextLine extends ShownPicture {
  readonly text: string;
}

export async function loadSample(signal: AbortSignal): Promise<Subject> {
  const [model, characters] = await Promise.all([fetchBytes(modelUrl, signal), fetchBytes(charactersUrl, signal)]);
  // The file leaves out the blank before and the space behind its characters.
  const alphabet = ["", ...new TextDecoder().decode(characters).trimEnd().split("\n"), " "];
  const calibration = await textLines("calibration", calibrationLines);
  const evaluation = await textLines("evaluation", evaluationLines);
  const texts = evaluation.map(({ text }) => text);
  return {
    name: "text-recogniser",
    model: { model },
    calibration: (limit) => pictureSource(`sample-calibration-${Math.min(limit, calibrationLines)}`, calibration.slice(0, limit)),
    verification: pictureSource("sample-evaluation", evaluation),
    metrics: readingMetrics(texts, (scores) => decodeGreedy(scores, alphabet)).metrics,
    shown: evaluation.slice(0, shownLines),
    read: (outputs) => Object.values(outputs).map((scores) => ({ text: decodeGreedy(scores, alphabet).trim() })),
  };
}

/** Lines of known content; the two splits share no text. */
async function textLines(split: "calibration" | "evaluation", count: number): Promise<readonly TextLine[]> {
  const lines: TextLine[] = [];
  for (let index = 0; index < count; index++) {
    const random = createRandom(hashText(`${split} ${index}`));
    const text = drawText(split, random);
    const canvas = drawLine(text, random);
    const tensor = inputOf(canvas);
    const url = URL.createObjectURL(await canvas.convertToBlob());
    lines.push({ name: text, text, url, feeds: async () => ({ x: tensor }) });
  }
  return lines;
}

const minimumWidth = 320;
const widthStep = 32;

/** As PP-OCR prepares lines: blue, green and red planes of (x / 255 - 0.5) / 0.5, at least 320 columns, the right end 0. */
function inputOf(canvas: OffscreenCanvas): Tensor {
  const { data: pixels, width: inkWidth } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, lineHeight);
  const width = Math.max(minimumWidth, widthStep * Math.ceil(inkWidth / widthStep));
  const data = new Float32Array(3 * lineHeight * width);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < lineHeight; row++) {
      for (let column = 0; column < inkWidth; column++) {
        const byte = pixels[(row * inkWidth + column) * 4 + (2 - plane)]!;
        data[(plane * lineHeight + row) * width + column] = (byte / 255 - 0.5) / 0.5;
      }
    }
  }
  return { dtype: "float32", shape: [1, 3, lineHeight, width], data };
}
