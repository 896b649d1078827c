import { cloneModel, type Model } from "../ir/index.ts";
import type { QuantPlan, Target } from "../spec/index.ts";
import { quantizeActivations } from "./activations.ts";
import { quantizeBiases } from "./biases.ts";
import { removeAbsorbedClippings } from "./clippings.ts";
import { encodingConstants } from "./encoding-constants.ts";
import { quantizeWeights } from "./weights.ts";

/** The planned QDQ model, as a new model; the given one stays as it is and shares its weights. */
export function rewriteModel(model: Model, plan: QuantPlan, target: Target): Model {
  const quantized = cloneModel(model);
  const constants = encodingConstants(quantized.graph);
  removeAbsorbedClippings(quantized.graph, plan);
  quantizeBiases(quantized.graph, plan, constants);
  quantizeWeights(quantized.graph, plan, constants);
  quantizeActivations(quantized.graph, plan, target, constants);
  return quantized;
}
