import { type Check, fields, integer, listOf, number, oneOf } from "../spec/check.ts";
import { QuantError } from "../spec/error.ts";

type Interpolation = "bilinear" | "bicubic";

/**
 * How an image becomes a model input: resize, centre crop, reorder channels, then (byte * scale - mean) / std.
 *
 * `resize.shortest` keeps the aspect ratio; `resize.exact` and `crop` are [height, width]. Both interpolations are
 * antialiased when they shrink. `mean` and `std` hold one number per channel, or one for all. `gray` makes one channel.
 */
export interface Preprocess {
  resize?: { shortest: number; interpolation: Interpolation } | { exact: [number, number]; interpolation: Interpolation } | undefined;
  crop?: [number, number] | undefined;
  channelOrder: "rgb" | "bgr" | "gray";
  scale: number;
  mean: number[];
  std: number[];
  layout: "NCHW" | "NHWC";
}

/**
 * Reads a preprocessing description: the object itself, or a model card that holds it under `preprocess`.
 *
 * @throws `invalid-config` naming the field.
 */
export function parsePreprocess(json: unknown): Preprocess {
  const card = (json as { readonly preprocess?: unknown } | null | undefined)?.preprocess;
  const given = card ?? json;
  const found = checkPreprocess(given, card === undefined ? "" : "preprocess");
  if (found) throw invalid(found.field, found.problem);
  const { resize, crop, channelOrder = "rgb", scale = 1 / 255, mean = [0], std = [1], layout = "NCHW" } = given as Partial<Preprocess>;
  const preprocess: Preprocess = {
    ...(resize && { resize: { ...resize, interpolation: resize.interpolation ?? "bicubic" } }),
    ...(crop && { crop }),
    ...{ channelOrder, scale, mean, std, layout },
  };
  checkTogether(preprocess);
  return preprocess;
}

const checkPreprocess: Check = (value, field) => {
  const side = integer(1, 16384);
  const size = listOf(side, 2, 2);
  const interpolation = oneOf("bilinear", "bicubic");
  const resize: Check = (given, at) => {
    const isShortest = Object.hasOwn(Object(given), "shortest");
    if (isShortest !== Object.hasOwn(Object(given), "exact"))
      return fields(isShortest ? { shortest: side, interpolation } : { exact: size, interpolation })(given, at);
    return { field: at, problem: 'must be { "shortest": N } or { "exact": [height, width] }, with "interpolation": "bilinear" or "bicubic"' };
  };
  const perChannel = listOf(number, 1, 3);
  const others = { channelOrder: oneOf("rgb", "bgr", "gray"), scale: number, mean: perChannel, std: perChannel, layout: oneOf("NCHW", "NHWC") };
  return fields({ resize, crop: size, ...others })(value, field);
};

function checkTogether(preprocess: Preprocess): void {
  const channels = channelCount(preprocess);
  for (const field of ["mean", "std"] as const) {
    const count = preprocess[field].length;
    if (count !== 1 && count !== channels) throw invalid(field, `has ${count} numbers, but channelOrder "${preprocess.channelOrder}" needs 1 or ${channels}`);
  }
  if (preprocess.std.some((value) => value === 0)) throw invalid("std", "must not be 0: values are divided by it");
  const { crop, resize } = preprocess;
  if (crop && resize) {
    const [height, width] = "shortest" in resize ? [resize.shortest, resize.shortest] : resize.exact;
    if (crop[0] > height || crop[1] > width) throw invalid("crop", `[${crop}] is larger than what resize leaves, [${height},${width}]`);
  }
}

export function channelCount(preprocess: Preprocess): 1 | 3 {
  return preprocess.channelOrder === "gray" ? 1 : 3;
}

function invalid(where: string, problem: string): QuantError {
  const field = where || "preprocess";
  return new QuantError("invalid-config", `Preprocessing: ${field}: ${problem}.`, { details: { field } });
}
