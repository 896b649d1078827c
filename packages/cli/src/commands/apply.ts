import { resolve } from "node:path";
import { apply, formatBytes, parsePlan, type QuantPlan, sizeOfModel } from "@halftone/core";
import { Command } from "commander";
import type { Execute } from "../execute.ts";
import { checkOutputs } from "../files/output-paths.ts";
import { readFloatModel } from "../files/read-float-model.ts";
import { readTextFile } from "../files/read-json-file.ts";
import { writeOutputs } from "../files/write-outputs.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { addPluginOption } from "../options/quantization.ts";
import { addShapeOption, type ShapeOptions } from "../options/shapes.ts";
import type { Context, Outcome } from "../outcome.ts";
import { backendFor } from "../plugins/backend-for.ts";
import { openRegistry } from "../plugins/open-registry.ts";
import { nodesAndReasons } from "../text/report-text.ts";

interface Options extends OutputOptions, ShapeOptions {
  readonly output: string;
  readonly plugin?: readonly string[];
}

export function applyCommand(run: Execute): Command {
  const command = new Command("apply")
    .description("quantize a model as a plan says, without data")
    .argument("<model>", "the float ONNX model that the plan was made for")
    .argument("<plan>", "plan, as quantize writes it")
    .requiredOption("-o, --output <out>", "where the quantized model goes");
  addPluginOption(command);
  addShapeOption(command);
  addOutputOptions(command);
  return command.action((model: string, plan: string, options: Options) => run(options, (context) => applyFile(model, plan, options, context)));
}

async function applyFile(modelFile: string, planFile: string, options: Options, { cwd, ...context }: Context): Promise<Outcome> {
  const [modelPath, planPath, output] = [modelFile, planFile, options.output].map((path) => resolve(cwd, path)) as [string, string, string];
  await checkOutputs({ model: output }, [modelPath, planPath]);
  const plan = parsePlan(await readTextFile(planPath, "plan"));
  const registry = await openRegistry({ flags: options.plugin ?? [] }, cwd);
  const target = await registry.target(plan.target);
  const float = await readFloatModel(modelPath, options.shape);
  const quantized = await apply(float, plan, { target, backend: backendFor(target, registry), ...context });
  await writeOutputs({ model: { path: output, files: quantized } }, context.signal);
  const bytes = { before: sizeOfModel(float), after: sizeOfModel(quantized) };
  const nodes = countNodes(plan);
  return {
    json: { output: options.output, target: target.name, method: plan.method, nodes: { quantized: nodes.quantized, total: nodes.total }, bytes },
    text: `${nodesAndReasons({ nodes })}\n\nsize ${formatBytes(bytes.before)} -> ${formatBytes(bytes.after)}\nwrote ${options.output}`,
  };
}

function countNodes({ nodes }: QuantPlan) {
  const decisions = Object.values(nodes);
  return { quantized: decisions.filter((decision) => !("reason" in decision)).length, total: decisions.length, decisions: nodes };
}
