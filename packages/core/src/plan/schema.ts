import * as z from "zod/mini";
import { codeRange } from "../numerics/index.ts";
import type { QuantPlan } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

const scale = z.number().check(
  z.positive(),
  z.refine((value) => Math.fround(value) > 0 && Number.isFinite(Math.fround(value)), "not a positive float32"),
);
const shift = z.number().check(z.refine((value) => Number.isFinite(Math.fround(value)), "not a finite float32"));

const affine = z
  .strictObject({
    kind: z.literal("affine"),
    dtype: z.enum(["int4", "uint4", "int8", "uint8", "int16", "uint16", "int32"]),
    bits: z.optional(z.int().check(z.minimum(2), z.maximum(16))),
    scale: z.array(scale).check(z.minLength(1)),
    zeroPoint: z.array(z.int()).check(z.minLength(1)),
    axis: z.optional(z.int().check(z.nonnegative())),
    block: z.optional(z.int().check(z.minimum(2))),
  })
  .check(
    z.refine((encoding) => encoding.zeroPoint.length === encoding.scale.length, { message: "not as many as scales", path: ["zeroPoint"] }),
    z.refine((encoding) => encoding.axis !== undefined || encoding.scale.length === 1, { message: "several scales need an axis", path: ["scale"] }),
    z.refine((encoding) => encoding.axis !== undefined || encoding.block === undefined, { message: "blocks need an axis", path: ["block"] }),
    z.refine(
      ({ dtype, bits, zeroPoint }) => {
        const { min, max } = codeRange(bits === undefined ? { dtype } : { dtype, bits });
        return zeroPoint.every((code) => code >= min && code <= max);
      },
      { message: "not a legal code", path: ["zeroPoint"] },
    ),
  );

const branch = affine.check(z.refine((encoding) => encoding.axis === undefined, { message: "a branch has one scale", path: ["axis"] }));

const operandEncoding = z.discriminatedUnion("kind", [
  affine,
  z.strictObject({ kind: z.literal("twin"), threshold: shift, low: branch, high: branch }),
  z
    .strictObject({
      kind: z.literal("log"),
      base: z.enum(["2", "sqrt2"]),
      bits: z.int().check(z.minimum(2), z.maximum(8)),
      scale,
      rounding: z.enum(["nearest", "leading-bit"]),
    })
    .check(z.refine(({ base, rounding }) => rounding === "nearest" || base === "2", { message: "leading-bit needs base 2", path: ["rounding"] })),
]);

const rescaling = z
  .strictObject({
    axis: z.int().check(z.nonnegative()),
    scale: z.array(scale).check(z.minLength(1)),
    shift: z.optional(z.array(shift)),
  })
  .check(z.refine((value) => value.shift === undefined || value.shift.length === value.scale.length, { message: "not as many as scales", path: ["shift"] }));

const decision = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.enum(["integer", "weights", "pass-through", "absorbed"]) }),
  z.strictObject({ mode: z.enum(["emulated", "float"]), reason: z.string() }),
]);

/** The schema of a plan file, version 1. */
export const quantPlanSchema = z.strictObject({
  version: z.literal(1),
  model: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  method: z.string(),
  target: z.string(),
  encodings: z.record(z.string(), affine),
  operands: z.optional(z.record(z.string(), z.strictObject({ encoding: operandEncoding, rescaling: z.optional(rescaling) }))),
  codes: z.optional(z.record(z.string(), z.string().check(z.regex(/^[A-Za-z0-9+/]*={0,2}$/)))),
  outliers: z.optional(z.record(z.string(), z.array(z.int().check(z.nonnegative())).check(z.minLength(1)))),
  nodes: z.record(z.string(), decision),
  skipped: z.record(z.string(), z.string()),
  notes: z.optional(z.array(z.string())),
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
