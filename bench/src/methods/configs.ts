import type { QuantConfigInput } from "@halftone/core";

/** What is asked of a quantization, by name; anything not said is the target's default: weights per channel, activations asymmetric. */
export const configs: Readonly<Record<string, Pick<QuantConfigInput, "activations" | "weights">>> = {
  w8a8: {},
  w6a6: { weights: { bits: 6 }, activations: { bits: 6 } },
  // Coarser than need be: the layout of accelerators with one scale per tensor and no zero points.
  "w8a8-tensor": { weights: { granularity: "tensor", scheme: "symmetric" }, activations: { scheme: "symmetric" } },
  w4a8: { weights: { bits: 4 } },
  w4a4: { weights: { bits: 4 }, activations: { bits: 4 } },
};
