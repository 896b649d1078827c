import { QuantError } from "@halftone/core";
import type * as z from "zod/mini";
import { readJsonFile } from "../files/read-json-file.ts";
import { didYouMean } from "../text/closest.ts";
import { knownFields } from "./known-fields.ts";
import { type ConfigFile, configSchema } from "./schema.ts";

/** @throws `invalid-config` naming the file and the field, with the field that was probably meant. */
export async function readConfig(path: string): Promise<ConfigFile> {
  const parsed = configSchema.safeParse(await readJsonFile(path, "configuration file"));
  if (parsed.success) return parsed.data;
  const { field, problem } = explain(parsed.error.issues[0]!);
  throw new QuantError("invalid-config", `Configuration file ${path}: ${problem}`, { details: { file: path, field } });
}

function explain(issue: z.core.$ZodIssue): { readonly field: string; readonly problem: string } {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const field = [...issue.path, key].map(String).join(".");
    const known = knownFields(issue.path);
    return { field, problem: `unknown field "${field}".${didYouMean(key, known) || ` Known: ${known.join(", ")}.`}` };
  }
  const field = issue.path.map(String).join(".") || "(root)";
  return { field, problem: `field ${field}: ${issue.message}.` };
}
