import { QuantError, type Target, type TensorConfig } from "@halftone/core";

type Widths = Readonly<Record<"weights" | "activations", Partial<TensorConfig>>>;

/** `w8a8` and its like. Up to 8 bits live in 8-bit containers, wider grids in 16-bit ones, signed as the target prefers. @throws `invalid-config`. */
export function parseBits(bits: string, defaults: Target["defaults"]): Widths {
  const [, weights, activations] = /^w(\d{1,2})a(\d{1,2})$/.exec(bits) ?? [];
  const isWidth = (width: number): boolean => width >= 2 && width <= 16;
  if (!isWidth(Number(weights)) || !isWidth(Number(activations))) {
    throw new QuantError("invalid-config", `Dimension "bits" of the candidate: "${bits}" is not of the form "w8a8" with widths from 2 to 16.`, {
      details: { field: "bits" },
    });
  }
  return { weights: inContainer(Number(weights), defaults.weights), activations: inContainer(Number(activations), defaults.activations) };
}

/** A target that reduces the range of its 8-bit grids means that by 8 bits. */
function inContainer(asked: number, preferred: TensorConfig): Partial<TensorConfig> {
  const dtype = `${preferred.dtype.startsWith("u") ? "u" : ""}int${asked <= 8 ? 8 : 16}` as TensorConfig["dtype"];
  return { dtype, bits: dtype === preferred.dtype ? Math.min(asked, preferred.bits) : asked };
}
