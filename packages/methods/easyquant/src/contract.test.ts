import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { easyQuant } from "./index.ts";

const options = { backend: nodeBackend(), target: nodeCpuVnni() };

describeMethod("easyquant", () => easyQuant(), options);
describeMethod("easyquant as BasePTQ", () => easyQuant({ compat: "base-ptq" }), options);
