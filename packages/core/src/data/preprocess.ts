import * as z from "zod/mini";
import { QuantError } from "../spec/error.ts";
import type { Json } from "../spec/json.ts";

const positiveInteger = z.int().check(z.positive());
const side = positiveInteger.check(z.maximum(16384));
const size = z.tuple([side, side]);
const interpolation = z._default(z.enum(["bilinear", "bicubic"]), "bicubic");
const channelValues = z.array(z.number()).check(z.minLength(1), z.maxLength(3));

const resize = z.union([z.strictObject({ shortest: side, interpolation }), z.strictObject({ exact: size, interpolation })], {
  error: 'must be { "shortest": N } or { "exact": [height, width] }, with "interpolation": "bilinear" or "bicubic"',
});

const preprocessSchema = z.strictObject({
  resize: z.optional(resize),
  crop: z.optional(size),
  channelOrder: z._default(z.enum(["rgb", "bgr", "gray"]), "rgb"),
  scale: z._default(z.number(), 1 / 255),
  mean: z._default(channelValues, [0]),
  std: z._default(channelValues, [1]),
  layout: z._default(z.enum(["NCHW", "NHWC"]), "NCHW"),
});

const card = z.looseObject({ preprocess: z.unknown() });

/**
 * How an image becomes a model input: resize, centre crop, reorder channels, then (byte * scale - mean) / std.
 *
 * `resize.shortest` keeps the aspect ratio; `resize.exact` and `crop` are [height, width]. Both interpolations are
 * antialiased when they shrink. `mean` and `std` hold one number per channel, or one for all. `gray` makes one channel.
 */
export type Preprocess = z.infer<typeof preprocessSchema>;

/**
 * Reads a preprocessing description: the object itself, or a model card that holds it under `preprocess`.
 *
 * @throws `invalid-config` naming the field.
 */
export function parsePreprocess(json: unknown): Preprocess {
  const wrapped = card.safeParse(json);
  const inside = wrapped.success && wrapped.data["preprocess"] !== undefined;
  const parsed = preprocessSchema.safeParse(inside ? wrapped.data["preprocess"] : json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = [...(inside ? ["preprocess"] : []), ...(issue?.path ?? []), ...(issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [])];
    throw invalid(path.map(String), issue?.message ?? "not valid");
  }
  checkTogether(parsed.data);
  return parsed.data;
}

function checkTogether(preprocess: Preprocess): void {
  const channels = channelCount(preprocess);
  for (const field of ["mean", "std"] as const) {
    const count = preprocess[field].length;
    if (count !== 1 && count !== channels) throw invalid([field], `has ${count} numbers, but channelOrder "${preprocess.channelOrder}" needs 1 or ${channels}`);
  }
  if (preprocess.std.some((value) => value === 0)) throw invalid(["std"], "must not be 0: values are divided by it");
  const { crop, resize } = preprocess;
  if (crop && resize) {
    const [height, width] = "shortest" in resize ? [resize.shortest, resize.shortest] : resize.exact;
    if (crop[0] > height || crop[1] > width) throw invalid(["crop"], `[${crop}] is larger than what resize leaves, [${height},${width}]`);
  }
}

export function channelCount(preprocess: Preprocess): 1 | 3 {
  return preprocess.channelOrder === "gray" ? 1 : 3;
}

function invalid(path: readonly string[], problem: string): QuantError {
  const field = path.join(".") || "preprocess";
  const details: Record<string, Json> = { field };
  return new QuantError("invalid-config", `Preprocessing: ${field}: ${problem}.`, { details });
}
