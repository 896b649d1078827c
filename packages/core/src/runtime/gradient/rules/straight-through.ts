import type { GradientRule } from "../rule.ts";

/** Quantization is taken for the identity: the straight-through estimator of Bengio, Leonard and Courville 2013 (arXiv 1308.3432). */
const pass: GradientRule = (node, [gradient], builder) => {
  builder.requireInactive(node.inputs.slice(1));
  return [gradient];
};

const cast: GradientRule = (node, [gradient], builder) => [builder.op("CastLike", [gradient!, node.inputs[0]!])];

export const straightThroughRules: Readonly<Record<string, GradientRule>> = {
  QuantizeLinear: pass,
  DequantizeLinear: pass,
  Round: pass,
  Floor: pass,
  Ceil: pass,
  Identity: pass,
  Dropout: pass,
  Cast: cast,
};
