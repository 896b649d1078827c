export { chooseStartingPlan, networkError } from "./choose-start.ts";
export { compensateLayers, type DecidedGrids } from "./compensate-layers.ts";
export { buildGradientModel, type GradientLoss, type GradientModelOptions, gradientNameOf, lossTensorOf, targetName } from "./gradient/index.ts";
export { layerGroups } from "./layer-groups.ts";
export { createSearchRuntime, type SearchRuntimeOptions } from "./search-runtime.ts";
export { factorsOf, linearFactors, scaledBy, searchWeightFactors } from "./search-scales.ts";
export { type ThinningOptions, thinSample } from "./thin-sample.ts";
export { withProbes } from "./with-probes.ts";
