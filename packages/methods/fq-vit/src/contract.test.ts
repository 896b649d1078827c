import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { fqVit } from "./index.ts";

const options = { backend: nodeBackend(), target: nodeCpuVnni() };

// Powers of two that change code at 1.5 are off by 23 % (root mean square over one octave) of a weight: 12.7 dB, whatever the bits of the exponent.
describeMethod("fq-vit", () => fqVit(), { ...options, leastSqnrDb: 12.7 });
describeMethod("fq-vit on uniform grids of least squared error", () => fqVit({ observer: "omse", softmax: "uniform" }), options);
describeMethod("fq-vit with clamped zero points", () => fqVit({ observer: "percentile", softmax: "uniform", zeroPointGuard: "clamp" }), options);
