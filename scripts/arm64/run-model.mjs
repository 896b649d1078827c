// node run-model.mjs MODEL INPUTS OUTPUTS: one run of onnxruntime-node as it is, on whatever processor this is. Inputs and
// outputs are JSON: { name: { type, dims, data } }.
import { readFileSync, writeFileSync } from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model, inputs, outputs] = process.argv.slice(2);
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4, extra: { session: { qdqisint8allowed: "1" } } });
const given = Object.entries(JSON.parse(readFileSync(inputs, "utf8"))).map(([name, { type, dims, data }]) => [name, new Tensor(type, data, dims)]);
const answers = await session.run(Object.fromEntries(given));
const written = Object.entries(answers).map(([name, { type, dims, data }]) => [
  name,
  { type, dims, data: Array.from(/** @type {Iterable<unknown>} */ (data)) },
]);
writeFileSync(outputs, JSON.stringify({ arch: process.arch, outputs: Object.fromEntries(written) }));
