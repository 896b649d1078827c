/**
 * Log-Int-Softmax: attention maps have a few large weights and many small ones. On powers of two the product with the values is a sum of shifts.
 *
 *     code = clip(log2round(sum_j exp(x_j) / exp(x_i)), 0, 2^b - 1)        weight = 2^-code, 0 where the code would be 2^b or more
 *
 * (FQ-ViT, arXiv 2111.13824, section 3.3.) log2round is the position of the leading one, plus one where the rest is at least half of
 * it. The ratio is one over what Softmax answers: the grid belongs to what the product reads, and Softmax itself stays in float. The integer exponential that
 * the paper takes from I-BERT (arXiv 2101.01321) has no operator in ONNX.
 */
import type { MethodContext, OperandPlan } from "@halftone/core";

/** How products read attention maps, by tensor. */
export function logOperands({ placement, structure }: Pick<MethodContext, "placement" | "structure">, bits: number): Readonly<Record<string, OperandPlan>> {
  const mixed = new Set(structure.attentions.flatMap((attention) => attention.mixed ?? []));
  return Object.fromEntries(
    placement.operands
      .filter(({ tensor }) => mixed.has(tensor))
      .map(({ tensor, config }) => [tensor, { encoding: { kind: "log", base: "2", bits: Math.min(bits, config.bits), scale: 1, rounding: "leading-bit" } }]),
  );
}
