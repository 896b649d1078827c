export { buildGradientModel, type GradientModelOptions, gradientNameOf, targetName } from "./build-gradient-model.ts";
export { type GradientLoss, lossTensorOf } from "./loss.ts";
