// node methods.js [--models A,B] [--methods A,B] [--configs A,B] [--evaluate N] [--journal FILE] [--again] [--print]: every method on every
// model in every configuration, each row in a process of its own. Prints markdown tables: what quantization did to the answers, what
// it took, and what it gained. A row that the journal has is not measured again.
import { fileURLToPath } from "node:url";
import { benchmark } from "./methods/benchmark.ts";
import { configs } from "./methods/configs.ts";
import { contenders } from "./methods/contenders.ts";
import { models } from "./methods/models.ts";

const suite = { title: "Methods", models: Object.keys(models), configs: Object.keys(configs), methods: Object.keys(contenders) };

await benchmark([suite], {
  parameters: process.argv.slice(2),
  journal: fileURLToPath(new URL("../out/methods/rows.jsonl", import.meta.url)),
  program: fileURLToPath(new URL("./methods/measure-row.js", import.meta.url)),
});
