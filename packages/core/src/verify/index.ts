export { topK } from "./class-scores.ts";
export { type CompareOptions, type Comparison, compareModels } from "./compare.ts";
export { checkFusion } from "./fusion-check.ts";
export { measureSensitivity, type NodeSensitivity, nodesBelow, type SensitivityOptions } from "./sensitivity.ts";
export { type VerifyOptions, verifyModel } from "./verify.ts";
