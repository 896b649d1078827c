import { cloneModel, type Model } from "../ir/index.ts";
import type { QuantPlan, Target } from "../spec/index.ts";
import { quantizeActivations } from "./activations.ts";
import { quantizeBiases } from "./biases.ts";
import { removeAbsorbedClippings } from "./clippings.ts";
import { encodingConstants } from "./encoding-constants.ts";
import { levelAnswers } from "./level-answers.ts";
import { chooseOpsetForSignedCodes } from "./opset-for-signed-codes.ts";
import { quantizeWeights } from "./weights.ts";

/**
 * The planned QDQ model, as a new model; the given one stays as it is and shares its weights.
 *
 * @throws `invalid-config` naming the field of the plan that does not fit the model.
 */
export async function rewriteModel(model: Model, plan: QuantPlan, target: Target): Promise<Model> {
  const quantized = cloneModel(model);
  const constants = encodingConstants(quantized.graph);
  const operands = plan.operands && (await import("./own-grids.ts"));
  const rescaled = operands ? operands.rescaleOperands(quantized.graph, plan, target) : plan;
  removeAbsorbedClippings(quantized.graph, rescaled, target);
  const levelled = levelAnswers(quantized.graph, rescaled, target);
  quantizeBiases(quantized.graph, levelled, constants);
  quantizeWeights(quantized.graph, levelled, constants);
  quantizeActivations(quantized.graph, levelled, target, constants, operands?.createOperands(quantized.graph, constants));
  return quantized;
}

/** The same, in the operator set that runtimes load it from; `rewriteModel` keeps the one that stages work on. @throws as it. */
export async function modelToDeploy(model: Model, plan: QuantPlan, target: Target): Promise<Model> {
  const quantized = await rewriteModel(model, plan, target);
  chooseOpsetForSignedCodes(quantized);
  return quantized;
}
