import * as z from "zod/mini";

const value = z.union([z.string(), z.number(), z.boolean()]);
const condition = z.record(z.string(), z.array(value));

/** A search space as a file: what `SearchSpace` of core is. */
export const spaceSchema = z.strictObject({
  $schema: z.optional(z.string()),
  name: z.string(),
  dimensions: z.array(z.strictObject({ name: z.string(), values: z.array(value).check(z.minLength(1)), when: z.optional(condition) })).check(z.minLength(1)),
  rules: z.optional(z.array(z.strictObject({ when: condition, only: condition, reason: z.string() }))),
});
