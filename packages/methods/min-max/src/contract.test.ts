import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { minMax } from "./index.ts";

const options = { backend: nodeBackend(), target: nodeCpuVnni() };

describeMethod("min-max", () => minMax(), options);
describeMethod("min-max with percentiles", () => minMax({ calibration: "percentile" }), options);
describeMethod("min-max with least squared error", () => minMax({ calibration: "mse", weightClipping: "mse" }), options);
