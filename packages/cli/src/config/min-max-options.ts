import { QuantError } from "@halftone/core";
import type { MinMaxOptions } from "@halftone/min-max";
import * as z from "zod/mini";
import { calibrations } from "../options/names.ts";
import { explainIssue } from "./explain-issue.ts";

const schema = z.strictObject({
  calibration: z.optional(z.enum(calibrations)),
  percentile: z.optional(z.number()),
  momentum: z.optional(z.number()),
  weightClipping: z.optional(z.enum(["max", "mse"])),
});

/** The method checks what numbers mean; this checks that there are no others. @throws `invalid-config` naming the field. */
export function minMaxOptions(options: Readonly<Record<string, unknown>> = {}): MinMaxOptions {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data as MinMaxOptions;
  const { field, problem } = explainIssue(parsed.error.issues[0]!, schema);
  throw new QuantError("invalid-config", `Options of method min-max: ${problem}`, { details: { field: `methodOptions.${field}` } });
}
