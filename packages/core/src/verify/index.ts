export { type ChoosePlanOptions, choosePlan } from "./choose-plan.ts";
export { topK } from "./class-scores.ts";
export { type CompareOptions, type Comparison, compareModels } from "./compare.ts";
export { type EvaluateSessionOptions, type Evaluation, evaluateSession } from "./evaluate.ts";
export { checkFusion } from "./fusion-check.ts";
export { measureSensitivity, type NodeSensitivity, nodesBelow, type SensitivityOptions } from "./sensitivity.ts";
export { sizeOf, type VerifyOptions, verifyModel } from "./verify.ts";
