import { resolve } from "node:path";
import { type ModelFiles, type Preprocess, parsePreprocess, QuantError, readModel } from "@halftone/core";
import { openSource, type SampleSource } from "@halftone/node";
import { readJsonFile } from "../files/read-json-file.ts";
import type { Context } from "../outcome.ts";

/** Opens `--data` for the model's first input. @throws `invalid-config`, `invalid-data`, `empty-calibration`, `backend-unavailable`. */
export async function openData(
  options: { readonly data: string; readonly preprocess?: string | undefined },
  model: ModelFiles,
  context: Context,
): Promise<SampleSource> {
  const preprocess = options.preprocess === undefined ? undefined : await readPreprocess(resolve(context.cwd, options.preprocess));
  return openSource(resolve(context.cwd, options.data), {
    input: firstInput(model),
    ...(preprocess && { preprocess }),
    signal: context.signal,
    onSkip: context.onEvent,
  });
}

export function firstSamples(data: SampleSource, limit: number | undefined): SampleSource {
  return limit === undefined || limit >= data.names.length ? data : data.pick(Array.from({ length: limit }, (_, index) => index));
}

/** @throws `invalid-config`. */
export async function readPreprocess(path: string): Promise<Preprocess> {
  const json = await readJsonFile(path, "preprocessing file");
  try {
    return parsePreprocess(json);
  } catch (error) {
    if (!QuantError.is(error)) throw error;
    throw new QuantError(error.code, `${path}: ${error.message}`, { details: { ...error.details, file: path }, cause: error });
  }
}

function firstInput(files: ModelFiles): string {
  const input = readModel(files).graph.inputs.find((value) => value.content === undefined);
  if (input) return input.name;
  throw new QuantError("invalid-model", "The model has no input, so that no data can be fed to it.");
}
