import * as z from "zod/mini";
import type { QuantPlan } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

const encoding = z.strictObject({
  kind: z.literal("affine"),
  dtype: z.enum(["int4", "uint4", "int8", "uint8", "int16", "uint16", "int32"]),
  bits: z.optional(z.int().check(z.minimum(2), z.maximum(16))),
  scale: z.array(z.number().check(z.positive())).check(z.minLength(1)),
  zeroPoint: z.array(z.int()).check(z.minLength(1)),
  axis: z.optional(z.int().check(z.nonnegative())),
  block: z.optional(z.int().check(z.minimum(2))),
});

const decision = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.enum(["integer", "pass-through", "absorbed"]) }),
  z.strictObject({ mode: z.enum(["emulated", "float"]), reason: z.string() }),
]);

/** The schema of a plan file, version 1. */
export const quantPlanSchema = z.strictObject({
  version: z.literal(1),
  model: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  method: z.string(),
  target: z.string(),
  encodings: z.record(z.string(), encoding),
  nodes: z.record(z.string(), decision),
  skipped: z.record(z.string(), z.string()),
});

/** Reads a plan from JSON text. @throws `invalid-config` naming the field. */
export function parsePlan(text: string): QuantPlan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new QuantError("invalid-config", "The plan is not JSON.", { details: { field: "(root)" }, cause });
  }
  const parsed = quantPlanSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const field = issue.path.join(".") || "(root)";
    throw new QuantError("invalid-config", `Plan field ${field}: ${issue.message}.`, { details: { field } });
  }
  return parsed.data as QuantPlan;
}

/** One field per line, so that two plans can be compared. */
export function formatPlan(plan: QuantPlan): string {
  return `${JSON.stringify(plan, null, 1)}\n`;
}
