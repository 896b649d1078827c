import type { Override, QuantConfigInput, Target, TensorConfig } from "@halftone/core";
import { type Bits, bits } from "../options/parse.ts";
import type { QuantizationOptions } from "../options/quantization.ts";
import type { ConfigFile } from "./schema.ts";

/** What file and flags say about encodings. In the file a field of one kind of tensor wins over a shorthand; a flag wins over both. */
export function quantConfig(file: ConfigFile, flags: QuantizationOptions, { defaults }: Target): QuantConfigInput {
  const fileBits = file.bits === undefined ? undefined : bits("bits")(file.bits);
  const activations = {
    ...width(fileBits?.activations, defaults.activations),
    ...activationScheme(file.scheme),
    ...file.activations,
    ...width(flags.bits?.activations, defaults.activations),
    ...activationScheme(flags.scheme),
  };
  const weights = {
    ...width(fileBits?.weights, defaults.weights),
    ...weightScheme(file.scheme),
    ...(file.granularity && { granularity: file.granularity }),
    ...file.weights,
    ...width(flags.bits?.weights, defaults.weights),
    ...weightScheme(flags.scheme),
    ...(flags.granularity && { granularity: flags.granularity }),
  };
  const scope = flags.scope ?? file.scope;
  const outliers = flags.outliers ?? file.outliers;
  return {
    ...(scope && { scope }),
    ...(outliers && { outliers }),
    activations,
    weights,
    overrides: [...((file.overrides ?? []) as readonly Override[]), ...exclusions(file, flags).map(leaveInFloat)],
  } as QuantConfigInput;
}

export function exclusions(file: ConfigFile, flags: QuantizationOptions): readonly string[] {
  return [...(file.exclude ?? []), ...(flags.exclude ?? [])];
}

function leaveInFloat(match: string): Override {
  return { match, float: true };
}

/**
 * Up to 8 bits live in 8-bit containers, wider grids in 16-bit ones, signed as the target prefers. A target that
 * reduces the range of its 8-bit weights means that by "8 bits"; the configuration file can ask for the full width.
 */
function width(asked: Bits["weights"] | undefined, preferred: TensorConfig): Partial<TensorConfig> {
  if (asked === undefined) return {};
  const dtype = `${preferred.dtype.startsWith("u") ? "u" : ""}int${asked <= 8 ? 8 : 16}` as TensorConfig["dtype"];
  return { dtype, bits: dtype === preferred.dtype ? Math.min(asked, preferred.bits) : asked };
}

function activationScheme(scheme: ConfigFile["scheme"]): Partial<TensorConfig> {
  return scheme === undefined ? {} : { scheme };
}

/** Integer kernels want a weight's zero point at 0, so of the schemes only the power of two says something about weights. */
function weightScheme(scheme: ConfigFile["scheme"]): Partial<TensorConfig> {
  if (scheme === undefined) return {};
  return { scheme: scheme === "power-of-two" ? "power-of-two" : "symmetric" };
}
