import { QuantError, type SearchSpace } from "@halftone/core";
import type * as z from "zod/mini";
import { readJsonFile } from "../files/read-json-file.ts";
import { explainIssue } from "./explain-issue.ts";
import { bridgesSchema, type ConfigFile, configSchema } from "./schema.ts";
import { spaceSchema } from "./space-schema.ts";

/** @throws `invalid-config` naming the file and the field, with the field that was probably meant. */
export function readConfig(path: string): Promise<ConfigFile> {
  return read(path, "configuration file", configSchema);
}

/** Bridge blocks, each a list of node names. @throws `invalid-config` naming the file and the entry. */
export function readBridges(path: string): Promise<z.infer<typeof bridgesSchema>> {
  return read(path, "list of bridges", bridgesSchema);
}

/** A search space of the user's own. @throws `invalid-config` naming the file and the field. */
export async function readSpace(path: string): Promise<SearchSpace> {
  return (await read(path, "search space", spaceSchema)) as SearchSpace;
}

async function read<Schema extends z.ZodMiniType>(path: string, what: string, schema: Schema): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(await readJsonFile(path, what));
  if (parsed.success) return parsed.data;
  const { field, problem } = explainIssue(parsed.error.issues[0]!, schema);
  throw new QuantError("invalid-config", `${what[0]!.toUpperCase()}${what.slice(1)} ${path}: ${problem}`, { details: { file: path, field } });
}
