import * as z from "zod/mini";
import { didYouMean } from "../text/closest.ts";

/** A finding of zod as a field and a sentence; an unknown field comes with the one that was probably meant. */
export function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodMiniType): { readonly field: string; readonly problem: string } {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const field = [...issue.path, key].map(String).join(".");
    const known = knownFields(schema, issue.path);
    return { field, problem: `unknown field "${field}".${didYouMean(key, known) || ` Known: ${known.join(", ")}.`}` };
  }
  const field = issue.path.map(String).join(".") || "(root)";
  return { field, problem: `field ${field}: ${issue.message}.` };
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function knownFields(schema: z.ZodMiniType, path: readonly PropertyKey[]): readonly string[] {
  const root = z.toJSONSchema(schema) as JsonSchema;
  const inside = path.reduce<JsonSchema | undefined>((at, step) => (typeof step === "number" ? at?.items : at?.properties?.[String(step)]), root);
  return Object.keys(inside?.properties ?? {});
}
