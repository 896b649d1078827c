import { isAbsolute, relative, resolve } from "node:path";
import { QuantError } from "@halftone/core";
import * as z from "zod/mini";
import { spaceSchema } from "../config/space-schema.ts";
import { scores } from "../options/names.ts";

const schema = z.strictObject({
  model: z.string(),
  data: z.string(),
  labels: z.optional(z.string()),
  preprocess: z.optional(z.string()),
  /** Without labels. Default: agreement. */
  score: z.optional(z.enum(scores)),
  target: z.string(),
  seed: z.int().check(z.nonnegative()),
  /** Samples that are kept for calibration; what trials are scored on comes from the rest. */
  calibration: z.int().check(z.positive()),
  /** Samples that a whole trial is scored on, at most. */
  evaluation: z.int().check(z.positive()),
  searchSamples: z.optional(z.int().check(z.positive())),
  /** What is searched, so that its candidates can share passes over the data. */
  space: z.optional(spaceSchema),
  maxMemoryMB: z.optional(z.int().check(z.positive())),
});

/** All that a process needs to carry out trials of a search. JSON; paths are relative to the folder it runs in. */
export type TrialSetup = z.infer<typeof schema>;

const paths = ["model", "data", "labels", "preprocess"] as const;

/**
 * A setup from another machine: it may name files below the folder that the worker was started in, and nothing else.
 *
 * @throws `invalid-data` naming the field.
 */
export function parseSetup(value: unknown): TrialSetup {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refusal("invalid-data", issue!.path.map(String).join(".") || "(root)", issue!.message);
  }
  for (const field of paths) {
    if (leads(parsed.data[field] ?? ".")) throw refusal("invalid-data", field, `${parsed.data[field]} is outside the folder that the worker was started in`);
  }
  return parsed.data;
}

/** The same with paths from `cwd`, for workers in a folder with the same files. @throws `invalid-config` naming the field. */
export function portableSetup(setup: TrialSetup, cwd: string): TrialSetup {
  const portable = { ...setup };
  for (const field of paths) {
    const path = setup[field];
    if (path === undefined) continue;
    portable[field] = relative(cwd, resolve(cwd, path)).replaceAll("\\", "/") || ".";
    if (leads(portable[field]))
      throw refusal(
        "invalid-config",
        field,
        `${path} is outside the working folder: workers look for it below theirs, so start the search above all its files`,
      );
  }
  return portable;
}

/** Out of the folder. */
function leads(path: string): boolean {
  return isAbsolute(path) || path.split(/[\\/]/).includes("..");
}

function refusal(code: "invalid-config" | "invalid-data", field: string, problem: string): QuantError {
  return new QuantError(code, `What workers are told of the search, field ${field}: ${problem}.`, { details: { field } });
}
