import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { qHyVit } from "./index.ts";

const options = { backend: nodeBackend(), target: nodeCpuVnni() };

describeMethod("q-hyvit", () => qHyVit(), options);
describeMethod("q-hyvit as its paper rounds", () => qHyVit({ weightRounding: "nearest", zeroPointGuard: "clamp" }), options);
describeMethod("q-hyvit as released", () => qHyVit({ compat: "released-code" }), options);
