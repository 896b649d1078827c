export * from "./calibrate/index.ts";
export * from "./data/index.ts";
export { compare, type EvaluateOptions, evaluate, type ModelComparison, type ModelComparisonOptions } from "./evaluate.ts";
export { createHalftone, type Halftone, type HalftoneEvents } from "./halftone.ts";
export { type InspectOptions, inspect, type ModelInspection, type Outlook, type TensorInfo } from "./inspect.ts";
export * from "./ir/index.ts";
export {
  findUnits,
  fixShapes,
  inferTypes,
  type Normalization,
  type NormalizeOptions,
  normalize,
  type Refusal,
  type Unit,
  type UnitKind,
  upgradeOpset,
  workingOpset,
} from "./normalize/index.ts";
export * from "./numerics/index.ts";
export * from "./onnx/index.ts";
export { type Outliers, partOutliers } from "./outliers/index.ts";
export { resolveConfig, tableTarget } from "./placement/index.ts";
export {
  answerSites,
  biasOfShift,
  createPlanDraft,
  encodeCodes,
  encodeLevelled,
  type Finding,
  type FreeRescalingOptions,
  formatPlan,
  isFreeRescaling,
  leastFactorOf,
  levelAnswers,
  levelObservations,
  operandRanges,
  type PlanDifferences,
  type PlanDraft,
  parsePlan,
  planDifferences,
  quantPlanSchema,
  rescaleWeight,
  type SiteAnswers,
  type StartingPlan,
  type StartingRanges,
  startingObservations,
  startingPlan,
  type TwinSubject,
  twinSubject,
} from "./plan/index.ts";
export { createRegistry, definePlugin, type MethodFactory, type Plugin, type Registry } from "./plugin/index.ts";
export { apply, createQuantizer, plan, quantize, quantizeUnverified, sensitivity } from "./quantizer.ts";
export * from "./report/index.ts";
export { createRunMemory } from "./run-memory.ts";
export {
  chooseStartingPlan,
  compensateLayers,
  type DecidedGrids,
  factorsOf,
  layerGroups,
  linearFactors,
  networkError,
  scaledBy,
  searchWeightFactors,
  type ThinningOptions,
  thinSample,
  withProbes,
} from "./runtime/index.ts";
export * from "./spec/index.ts";
export { recognizeStructure, type StructureOverrides } from "./structure/index.ts";
export { type Comparison, checkFusion, compareModels, type Evaluation, type NodeSensitivity, nodesBelow, sizeOf as sizeOfModel, topK } from "./verify/index.ts";
