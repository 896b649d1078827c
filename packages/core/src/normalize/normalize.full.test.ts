import { nodeBackend } from "@halftone/node";
import { describe, it } from "vitest";
import { assetModels, ocrModels } from "./fixtures/real-models.ts";
import { expectSameModel } from "./fixtures/same-model.ts";

const models = [...ocrModels(), ...assetModels()];

describe("normalize on every real model", () => {
  // Needs HALFTONE_ASSETS for more than the models that npm brings.
  it.each(models)("keeps what $name computes", async (model) => {
    const { nodes, error, units, observedShapes } = await expectSameModel(model, nodeBackend());
    const kinds = [...new Set(units.values())].map((kind) => `${kind} ${[...units.values()].filter((each) => each === kind).length}`);
    console.log(
      `${model.name}: ${nodes.before} -> ${nodes.after} nodes, error ${error.toExponential(1)}, unit nodes: ${kinds.join(", ") || "none"}, shapes of ${observedShapes.size}`,
    );
  });
});
