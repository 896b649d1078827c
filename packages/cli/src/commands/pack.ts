import { basename, join, resolve } from "node:path";
import { formatBytes } from "@halftone/core";
import { type MobileTargetName, mobileTargets, type PackCard } from "@halftone/mobile";
import { nodeBackend, readModelFiles, writeFilesAtomically } from "@halftone/node";
import { Command, Option } from "commander";
import { readPreprocess } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { oneOf } from "../options/parse.ts";
import { addShapeOption, type ShapeOptions } from "../options/shapes.ts";
import type { Context, Outcome } from "../outcome.ts";
import { packModel } from "../pack/pack-model.ts";
import { alignColumns } from "../text/table.ts";
import { plural } from "../text/units.ts";

interface Options extends OutputOptions, ShapeOptions {
  readonly output: string;
  readonly target: MobileTargetName;
  readonly preprocess?: string;
}

export function packCommand(run: Execute): Command {
  const names = mobileTargets().map(({ name }) => name as MobileTargetName);
  const command = new Command("pack")
    .description("write what a phone loads: the model in ORT format, a card with what its provider will run, checksums")
    .argument("<model>", "ONNX model, quantized for the target or in float")
    .addOption(new Option("--target <name>", "which provider is to run it").choices(names).argParser(oneOf("--target", names)).makeOptionMandatory())
    .requiredOption("-o, --output <folder>", "where the files go")
    .option("--preprocess <file>", "how an image becomes an input (JSON); goes into the card");
  addShapeOption(command);
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => packFile(model, options, context)));
}

async function packFile(file: string, options: Options, { cwd, signal }: Context): Promise<Outcome> {
  const preprocess = options.preprocess === undefined ? null : { ...(await readPreprocess(resolve(cwd, options.preprocess))) };
  const { card, files } = await packModel(await readModelFiles(resolve(cwd, file)), {
    name: basename(file),
    target: options.target,
    shapes: options.shape ?? {},
    preprocess,
    backend: nodeBackend({ keepInt8: true }),
  });
  const folder = resolve(cwd, options.output);
  await writeFilesAtomically(new Map([...files].map(([path, content]) => [join(folder, path), content])), { signal });
  const { format, ...rest } = card;
  return { json: { output: options.output, ...(rest as unknown as Outcome["json"]) }, text: textOf(card, options.output) };
}

function textOf({ provider, files, check }: PackCard, folder: string): string {
  const { nodes, onProvider, partitions, elsewhere } = check;
  const left = elsewhere.length === 0 ? "" : `\n\nleft to the CPU provider:\n${alignColumns(elsewhere.map(({ node, op, reason }) => [node, op, reason]))}`;
  const written = alignColumns(files.map(({ path, bytes, distance }) => [path, formatBytes(bytes), `outputs within ${distance} of the ONNX model's`]));
  return `${provider} runs ${onProvider} of ${plural(nodes, "node")}, in ${plural(partitions, "partition")}${left}\n\n${written}\nwrote ${folder}`;
}
