import * as z from "zod/mini";
import { calibrations, granularities, outlierHandlings, schemes, scopes } from "../options/names.ts";

const wholeNumber = z.int().check(z.nonnegative());
const count = z.int().check(z.positive());

const tensor = z.strictObject({
  dtype: z.optional(z.enum(["int4", "uint4", "int8", "uint8", "int16", "uint16"])),
  bits: z.optional(z.int().check(z.minimum(2), z.maximum(16))),
  scheme: z.optional(z.enum(schemes)),
  granularity: z.optional(z.enum(["tensor", "channel", "block"])),
  blockSize: z.optional(z.int().check(z.minimum(2))),
});

const override = z.strictObject({
  match: z.string(),
  float: z.optional(z.boolean()),
  activations: z.optional(tensor),
  weights: z.optional(tensor),
});

/** Bridge blocks, each a list of node names: of a configuration file, or a file of its own. */
export const bridgesSchema = z.array(z.array(z.string()).check(z.minLength(1)));

/** A configuration file. Every field is optional; a flag of the same name wins. */
export const configSchema = z.strictObject({
  $schema: z.optional(z.string()),
  /** Packages or files (relative to this one) whose default export brings methods, targets or backends. */
  plugins: z.optional(z.array(z.string())),
  method: z.optional(z.string()),
  /** Handed to the method as they are. */
  methodOptions: z.optional(z.record(z.string(), z.json())),
  target: z.optional(z.string()),
  scope: z.optional(z.enum(scopes)),
  outliers: z.optional(z.enum(outlierHandlings)),
  bits: z.optional(z.string().check(z.regex(/^w\d{1,2}a\d{1,2}$/i, 'must be of the form "w8a8"'))),
  calibration: z.optional(z.enum(calibrations)),
  scheme: z.optional(z.enum(schemes)),
  granularity: z.optional(z.enum(granularities)),
  activations: z.optional(tensor),
  weights: z.optional(tensor),
  overrides: z.optional(z.array(override)),
  exclude: z.optional(z.array(z.string())),
  samples: z.optional(count),
  seed: z.optional(wholeNumber),
  searchSamples: z.optional(count),
  /** MB. */
  maxMemory: z.optional(count),
  bridges: z.optional(bridgesSchema),
  tolerance: z.optional(z.number().check(z.nonnegative())),
  autoExclude: z.optional(z.number()),
});

export type ConfigFile = z.infer<typeof configSchema>;
