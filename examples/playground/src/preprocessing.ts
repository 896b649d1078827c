import { type Dimension, type Preprocess, parsePreprocess, QuantError } from "@halftone/core";

/** How a picture becomes an input, as the form holds it: text that may not be a number yet. */
export interface PreprocessingFields {
  readonly shortest: string;
  readonly height: string;
  readonly width: string;
  readonly mean: string;
  readonly std: string;
  readonly channelOrder: Preprocess["channelOrder"];
  readonly layout: Preprocess["layout"];
}

/** What models that were trained on ImageNet want. */
export const imageNetFields: PreprocessingFields = {
  shortest: "256",
  height: "224",
  width: "224",
  mean: "0.485, 0.456, 0.406",
  std: "0.229, 0.224, 0.225",
  channelOrder: "rgb",
  layout: "NCHW",
};

/** @throws `invalid-config` naming the field. */
export function preprocessOf(fields: PreprocessingFields): Preprocess {
  return parsePreprocess({
    resize: { shortest: numberIn("shortest", fields.shortest), interpolation: "bicubic" },
    crop: [numberIn("height", fields.height), numberIn("width", fields.width)],
    mean: numbersIn("mean", fields.mean),
    std: numbersIn("std", fields.std),
    channelOrder: fields.channelOrder,
    layout: fields.layout,
  });
}

/** The fields with what the shape of the model's input tells of them. */
export function fieldsFor(shape: readonly Dimension[] | undefined, fields: PreprocessingFields): PreprocessingFields {
  if (shape?.length !== 4) return fields;
  const isChannels = (size: Dimension | undefined): boolean => size === 1 || size === 3;
  const layout = !isChannels(shape[1]) && isChannels(shape[3]) ? "NHWC" : "NCHW";
  const [channels, height, width] = layout === "NHWC" ? [shape[3], shape[1], shape[2]] : [shape[1], shape[2], shape[3]];
  const gray = channels === 1;
  const sized = typeof height === "number" && typeof width === "number";
  return {
    ...fields,
    layout,
    ...(gray && { channelOrder: "gray", mean: "0.5", std: "0.5" }),
    ...(sized && { height: String(height), width: String(width), shortest: String(Math.ceil((Math.max(height, width) * 8) / 7)) }),
  };
}

function numbersIn(field: string, text: string): readonly number[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((part) => numberIn(field, part));
}

function numberIn(field: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new QuantError("invalid-config", `Preprocessing: ${field}: "${text}" is not a number.`, { details: { field } });
}
