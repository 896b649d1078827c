import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CalibrationSource, type Image, imageTensor, type Preprocess, parsePreprocess } from "@halftone/core";
import sharp from "sharp";
import { bestClass } from "./answers.ts";
import { spread } from "./spread.ts";
import type { Sizes, Workload } from "./workload.ts";

interface LabelledFile {
  readonly path: string;
  readonly label: number | undefined;
}

const sets: Readonly<Record<string, string>> = { "imagenet-1k": "imagenet", imagenette: "imagenette", none: "flowers" };

/** A classifier of the assets folder: `card.json` beside the model says how its images are prepared and labelled. */
export function imageWorkload(assets: string, name: string, sizes: Sizes): Workload {
  const folder = join(assets, "models", name);
  const card = JSON.parse(readFileSync(join(folder, "card.json"), "utf8"));
  const preprocess = parsePreprocess(card);
  const set = join(assets, sets[/^[\w-]+/.exec(card.labels)?.[0] ?? ""] ?? "");
  const calibration = spread(filesOf(set, "calibration"), sizes.calibration);
  const evaluation = spread(filesOf(set, "evaluation"), sizes.evaluation);
  const labels = evaluation.map((file) => file.label);
  return {
    name,
    model: join(folder, "model.onnx"),
    input: "input",
    quality: "top-1",
    calibration: imageSource(calibration, preprocess),
    evaluation: imageSource(evaluation, preprocess),
    answerOf: bestClass,
    truths: labels.every((label) => label !== undefined) ? (labels as number[]) : undefined,
  };
}

function filesOf(set: string, split: string): readonly LabelledFile[] {
  const table = join(set, `${split}.tsv`);
  const pathOf = (file: string): string => join(set, split, file);
  if (!existsSync(table))
    return readdirSync(join(set, split))
      .sort()
      .map((file) => ({ path: pathOf(file), label: undefined }));
  const rows = readFileSync(table, "utf8").trim().split("\n");
  return rows.map((row) => row.split("\t")).map(([file = "", label]) => ({ path: pathOf(file), label: Number(label) }));
}

function imageSource(files: readonly LabelledFile[], preprocess: Preprocess): CalibrationSource {
  return {
    id: files.map((file) => file.path).join(),
    batches: files.length,
    async *[Symbol.asyncIterator]() {
      for (const { path } of files) yield { input: imageTensor(await decode(path), preprocess) };
    },
  };
}

async function decode(path: string): Promise<Image> {
  const { data, info } = await sharp(path).toColourspace("srgb").removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data };
}
