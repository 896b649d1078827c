import { resolve } from "node:path";
import { type Distance, formatDecibel, type NodeSensitivity, type QuantEvent, sensitivity } from "@halftone/core";
import { Command } from "commander";
import { draw } from "../data/draw.ts";
import { nameSample } from "../data/name-sample.ts";
import { openData } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";
import { readFloatModel } from "../files/read-float-model.ts";
import { addDataOptions, type DataOptions } from "../options/data.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { wholeNumber } from "../options/parse.ts";
import { addQuantizationOptions, type QuantizationOptions } from "../options/quantization.ts";
import type { Context, Outcome } from "../outcome.ts";
import { readRecipe } from "../recipe.ts";
import { alignColumns } from "../text/table.ts";
import { finiteOrNull, plural } from "../text/units.ts";

type Options = OutputOptions & DataOptions & QuantizationOptions & { readonly measure: number };

const rowsShown = 25;

export function sensitivityCommand(run: Execute): Command {
  const command = new Command("sensitivity")
    .description("rank layers by what quantizing each costs: alone, and together with all before it")
    .argument("<model>", "float ONNX model");
  addDataOptions(command, { labels: "none" });
  addQuantizationOptions(command);
  command.option("--measure <n>", "samples to measure each layer with", wholeNumber("--measure", 1), 4);
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => rankLayers(model, options, context)));
}

async function rankLayers(file: string, options: Options, context: Context): Promise<Outcome> {
  const { method, target, backend, config, samples, seed, search, bridges } = await readRecipe(options, context.cwd);
  const model = await readFloatModel(resolve(context.cwd, file), options.shape);
  const data = await openData(options, model, context);
  const source = data.pick(draw(data.names.length, { calibration: samples, verification: 1, seed }).calibration);
  let planned = "";
  const onEvent = (event: QuantEvent): void => {
    if (event.type === "plan-end") planned = event.plan.method;
    context.onEvent(event);
  };
  const rows = await nameSample([source], () =>
    sensitivity({ model, source, method, target, backend, config, seed, search, ...(bridges && { bridges }), ...context, onEvent, samples: options.measure }),
  );
  return {
    json: {
      model: file,
      target: target.name,
      method: planned,
      count: Math.min(options.measure, data.names.length),
      nodes: rows.map(rowJson),
    },
    text: textOf(rows),
  };
}

function rowJson({ node, op, isolated, cumulative }: NodeSensitivity) {
  return { node, op, isolated: distanceJson(isolated), cumulative: distanceJson(cumulative) };
}

function distanceJson({ sqnrDb, cosine, maxError }: Distance) {
  return { sqnrDb: finiteOrNull(sqnrDb), cosine: finiteOrNull(cosine), maxError: finiteOrNull(maxError) };
}

function textOf(rows: readonly NodeSensitivity[]): string {
  const worst = [...rows].sort((left, right) => left.isolated.sqnrDb - right.isolated.sqnrDb).slice(0, rowsShown);
  const table = worst.map(({ node, op, isolated, cumulative }) => [node, op, formatDecibel(isolated.sqnrDb), formatDecibel(cumulative.sqnrDb), ""]);
  const rest = rows.length - worst.length;
  return [
    alignColumns([["node", "operator", "alone", "with all before", ""], ...table]),
    rest > 0 ? `and ${plural(rest, "node")} that cost less` : "",
    "",
    "Signal to noise of the first output; small figures hurt. Leave a node in float with --exclude NAME.",
  ]
    .filter((line, index) => line !== "" || index === 2)
    .join("\n");
}
