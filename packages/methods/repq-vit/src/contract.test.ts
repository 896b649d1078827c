import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { repqVit } from "./index.ts";

const options = { backend: nodeBackend(), target: nodeCpuVnni() };

describeMethod("repq-vit", () => repqVit(), options);
describeMethod("repq-vit on integer kernels only, zero points clamped", () => repqVit({ softmax: "uniform", zeroPointGuard: "clamp" }), options);
