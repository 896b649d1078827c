import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parsePreprocess } from "@halftone/core";
import { expect, test } from "vitest";
import { readModelFiles } from "../files/read-model-files.ts";
import { nodeBackend } from "../node-backend.ts";
import { imageFolder } from "./image-folder.ts";
import { readLabels } from "./labels.ts";

const assets = process.env["HALFTONE_ASSETS"] ?? "../shared/assets";

/** Top-1 in percent as published beside the models, measured there with other software. */
test.for([
  ["mobilenet-v1-0.75-224", "imagenet", 75.29],
  ["squeezenet1.1", "imagenet", 74.14],
  ["mobilevitv2-imagenette", "imagenette", 96.13],
] as const)("%s keeps its published accuracy behind our decoding and preprocessing", async ([name, set, published], context) => {
  const folder = join(assets, "models", name);
  const present = await access(folder).then(
    () => true,
    () => false,
  );
  if (!present) context.skip(`needs ${folder}`);
  const session = await nodeBackend().open(await readModelFiles(join(folder, "model.onnx")));
  const preprocess = parsePreprocess(JSON.parse(await readFile(join(folder, "card.json"), "utf8")));
  const labels = await readLabels(join(assets, set, "evaluation.tsv"));
  const source = await imageFolder(join(assets, set, "evaluation"), { input: session.inputs[0]!, preprocess });
  let count = 0;
  let right = 0;
  for await (const feeds of source) {
    const scores = (await session.run(feeds))[session.outputs[0]!]!.data as Float32Array;
    const best = scores.indexOf(scores.reduce((most, score) => Math.max(most, score)));
    if (best === labels.get(source.nameOf(count++)!)) right++;
  }
  await session.dispose();
  expect(Math.abs((100 * right) / count - published)).toBeLessThan(0.3);
});
