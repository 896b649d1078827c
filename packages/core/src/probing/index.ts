export { tableOf } from "./derive.ts";
export { type Measurement, measure, type ProbedRuntime } from "./measure.ts";
export type { OperatorProbe, ProbeTypes } from "./operator-model.ts";
export { operatorProbes } from "./operators.ts";
export { type ProbeRow, probeRuntime } from "./probe-runtime.ts";
export type { ProbedTable } from "./probed-table.ts";
export { probeWeightsOnly, type WeightsOnlyRow, type WeightsOnlyRuntime, weightsOnlyOperators } from "./weights-only.ts";
export { sourceOfTable } from "./write-table.ts";
