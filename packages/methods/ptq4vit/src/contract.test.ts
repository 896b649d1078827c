import { describeMethod } from "@halftone/core/testing";
import { nodeBackend, nodeCpuAvx2, nodeCpuVnni } from "@halftone/node";
import { ptq4vit } from "./index.ts";

const backend = nodeBackend();
/** The suite's attention has 24 rows, and the gradient of one or two outweighs all others: errors elsewhere hardly count. */
const leastSqnrDb = 15;
const sixBits = { activations: { bits: 6 }, weights: { bits: 6 } };

describeMethod("ptq4vit", () => ptq4vit(), { backend, target: nodeCpuVnni(), leastSqnrDb });
describeMethod("ptq4vit with equal weights", () => ptq4vit({ metric: "squared-error" }), { backend, target: nodeCpuVnni(), configs: {} });
describeMethod(
  "ptq4vit with everything the other way",
  () => ptq4vit({ metric: "cosine", weightGranularity: "paper", twinConvolutions: true, candidates: 20 }),
  {
    backend,
    target: nodeCpuAvx2(),
    configs: {
      "6 bits": sixBits,
      "everything on a grid": { ...sixBits, scope: "full" },
      "blocks of weights": { weights: { granularity: "block", blockSize: 4 } },
    },
  },
);
describeMethod("ptq4vit as released", () => ptq4vit({ compat: "released-code", candidates: 20 }), {
  backend,
  target: nodeCpuVnni(),
  leastSqnrDb,
  configs: { "6 bits": sixBits },
});
