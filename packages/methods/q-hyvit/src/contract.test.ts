import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { qHyVit } from "./index.ts";

// The divergence from the float answer does not see what all classes have in common; the signal-to-noise ratio does. Both models have few samples.
const options = { backend: nodeBackend(), target: nodeCpuVnni(), leastSqnrDb: 15 };

describeMethod("q-hyvit", () => qHyVit(), options);
describeMethod("q-hyvit as its paper rounds", () => qHyVit({ weightRounding: "nearest", zeroPointGuard: "clamp" }), options);
describeMethod("q-hyvit as released", () => qHyVit({ compat: "released-code" }), options);
