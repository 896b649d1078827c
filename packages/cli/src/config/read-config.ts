import { QuantError } from "@halftone/core";
import { readJsonFile } from "../files/read-json-file.ts";
import { explainIssue } from "./explain-issue.ts";
import { type ConfigFile, configSchema } from "./schema.ts";

/** @throws `invalid-config` naming the file and the field, with the field that was probably meant. */
export async function readConfig(path: string): Promise<ConfigFile> {
  const parsed = configSchema.safeParse(await readJsonFile(path, "configuration file"));
  if (parsed.success) return parsed.data;
  const { field, problem } = explainIssue(parsed.error.issues[0]!, configSchema);
  throw new QuantError("invalid-config", `Configuration file ${path}: ${problem}`, { details: { file: path, field } });
}
