// node ablation.js [flags as methods.js]: what each part of a method is worth, rows as in the table of methods and in the same journal.
import { fileURLToPath } from "node:url";
import { ptq4vitSteps, qHyVitExtras, qHyVitSteps } from "./methods/ablations.ts";
import { benchmark } from "./methods/benchmark.ts";

const suites = [
  {
    title: "Q-HyViT: the scale, then granularity, then scheme, which is the paper; then what goes beyond it, compensated weights last",
    models: ["mobilevit-imagenette", "mobilevitv2-imagenette", "mobilevit-xxs-flowers", "vit-tiny-patch16-224"],
    configs: ["w8a8-tensor", "w6a6", "w4a4"],
    methods: ["min-max", ...Object.keys(qHyVitSteps), "q-hyvit:paper", ...Object.keys(qHyVitExtras), "q-hyvit"],
  },
  {
    title: "PTQ4ViT: its metric and its twin grids",
    models: ["vit-tiny-patch16-224"],
    configs: ["w6a6"],
    methods: [...Object.keys(ptq4vitSteps), "ptq4vit"],
  },
];

await benchmark(suites, {
  parameters: process.argv.slice(2),
  journal: fileURLToPath(new URL("../out/methods/rows.jsonl", import.meta.url)),
  program: fileURLToPath(new URL("./methods/measure-row.js", import.meta.url)),
});
