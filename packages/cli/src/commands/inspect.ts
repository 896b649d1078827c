import { resolve } from "node:path";
import { floatReasons, formatBytes, inspect, type ModelInspection, type TensorInfo } from "@halftone/core";
import { readModelFiles } from "@halftone/node";
import { Command } from "commander";
import type { Execute } from "../execute.ts";

import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { addRecipeOptions, type QuantizationOptions } from "../options/quantization.ts";
import type { Context, Outcome } from "../outcome.ts";
import { readRecipe } from "../recipe.ts";
import { decisionsJson } from "../text/decisions.ts";
import { nodesAndReasons } from "../text/report-text.ts";
import { structureJson, structureText } from "../text/structure-text.ts";
import { alignColumns } from "../text/table.ts";
import { plural } from "../text/units.ts";

type Options = OutputOptions & QuantizationOptions & { readonly nodes?: boolean };

export function inspectCommand(run: Execute): Command {
  const command = new Command("inspect")
    .description("say what a model is, and what quantization would do to each of its nodes")
    .argument("<model>", "ONNX model")
    .option("--nodes", "list every node with its decision");
  addRecipeOptions(command);
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => inspectFile(model, options, context)));
}

async function inspectFile(file: string, options: Options, { cwd, ...context }: Context): Promise<Outcome> {
  const { target, backend, config } = await readRecipe(options, cwd);
  const inspection = await inspect({ model: await readModelFiles(resolve(cwd, file)), backend, target, config, ...context });
  return { json: jsonOf(file, target.name, inspection), text: textOf(file, target.name, inspection, options.nodes === true) };
}

function jsonOf(file: string, target: string, inspection: ModelInspection): Outcome["json"] {
  const { outlook } = inspection;
  const tensors = (infos: readonly TensorInfo[]) => infos.map(({ name, dtype, shape }) => ({ name, dtype: dtype ?? null, shape: shape ?? null }));
  return {
    file,
    bytes: inspection.bytes,
    irVersion: inspection.irVersion,
    opset: inspection.opsets[""] ?? null,
    opsets: inspection.opsets,
    producer: inspection.producer,
    inputs: tensors(inspection.inputs),
    outputs: tensors(inspection.outputs),
    nodes: countOf(inspection.operators),
    operators: inspection.operators,
    weights: inspection.weights,
    target,
    quantizable: !("obstacle" in outlook),
    obstacle: "obstacle" in outlook ? { code: outlook.code, message: outlook.obstacle } : null,
    normalized: "obstacle" in outlook ? null : { nodes: outlook.total, operators: outlook.operators, units: outlook.units },
    structure: "obstacle" in outlook ? null : structureJson(outlook.structure),
    quantized: "obstacle" in outlook ? null : outlook.quantized,
    float: "obstacle" in outlook ? null : floatReasons({ nodes: outlook }),
    decisions: "obstacle" in outlook ? null : decisionsJson(outlook.decisions),
  };
}

function textOf(file: string, target: string, inspection: ModelInspection, withNodes: boolean): string {
  const { opsets, weights, outlook } = inspection;
  const facts = alignColumns([
    ["file", `${file}, ${formatBytes(inspection.bytes)}`],
    ["format", `operator set ${opsets[""] ?? "none"}, IR version ${inspection.irVersion}${inspection.producer && `, from ${inspection.producer}`}`],
    ...inspection.inputs.map((info) => ["input", describe(info)]),
    ...inspection.outputs.map((info) => ["output", describe(info)]),
    ["weights", `${weights.elements} in ${plural(weights.tensors, "tensor")}, ${formatBytes(weights.bytes)}`],
    ["nodes", `${countOf(inspection.operators)}: ${listOf(inspection.operators)}`],
  ]);
  if ("obstacle" in outlook) return `${facts}\n\ncannot be quantized (${outlook.code}): ${outlook.obstacle}`;
  const units = Object.keys(outlook.units).length === 0 ? "" : `\nrecognised as one unit each: ${listOf(outlook.units)}`;
  const normalized = `normalized to ${plural(outlook.total, "node")}: ${listOf(outlook.operators)}${units}`;
  const nodes = withNodes
    ? `\n\n${alignColumns(Object.entries(outlook.decisions).map(([name, decision]) => [name, decision.mode, "reason" in decision ? decision.reason : ""]))}`
    : "";
  return `${facts}\n\n${normalized}\n\n${structureText(outlook.structure)}\n\non ${target}, before data is seen: ${nodesAndReasons({ nodes: outlook })}${nodes}`;
}

function describe({ name, dtype, shape }: TensorInfo): string {
  return `${name}: ${dtype ?? "unknown type"} ${shape ? `[${shape.map((dimension) => (dimension === "" ? "?" : dimension)).join(", ")}]` : "of unknown rank"}`;
}

function countOf(operators: Readonly<Record<string, number>>): number {
  return Object.values(operators).reduce((sum, count) => sum + count, 0);
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}
