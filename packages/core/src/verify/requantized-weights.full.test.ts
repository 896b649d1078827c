import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { createDistance, seededRandom } from "../numerics/index.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { planByRange } from "../rewrite/fixtures/plan-by-range.ts";
import { rewriteModel } from "../rewrite/index.ts";
import type { QuantPlan, SessionOptions, Tensors } from "../spec/index.ts";
import { checkFusion } from "./fusion-check.ts";

const assets = process.env.HALFTONE_ASSETS ?? join(import.meta.dirname, "../../../../../shared/assets");
const path = join(assets, "models/mobilenet-v1-0.75-224/model.onnx");
const backend = nodeBackend();

/** Smooth, like an image: noise alone would never reach the ranges of a real one. */
function feedsFor(seed: number): Tensors {
  const random = seededRandom(seed);
  const phases = [random() * 6, random() * 6, random() * 6];
  const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => {
    const [y, x] = [Math.floor(index / 224) % 224, index % 224];
    return Math.sin(x / 17 + phases[0]!) * Math.cos(y / 23 + phases[1]!) * 0.9 + Math.sin(x * y * 1e-3 + phases[2]!) * 0.1;
  });
  return { input: { dtype: "float32", shape: [1, 3, 224, 224], data } };
}

describe.skipIf(!existsSync(path))("weights behind our back, MobileNetV1 0.75 (skipped without HALFTONE_ASSETS)", () => {
  it("the runtime ruins float weights behind quantized activations, the check says so, and what we export is not touched", async () => {
    const model = readModel({ model: readFileSync(path) });
    const input = model.graph.inputs[0]!.name;
    const feeds = { [input]: feedsFor(1).input! };
    const { plan } = await planByRange(model, feeds);
    const weights = new Set(model.graph.initializers.map((value) => value.name));
    const activationsOnly: QuantPlan = { ...plan, encodings: Object.fromEntries(Object.entries(plan.encodings).filter(([name]) => !weights.has(name))) };
    const floatWeights = writeModel(await rewriteModel(model, activationsOnly, fixtureTarget));

    const findings = (await checkFusion(floatWeights, backend)).findings.filter((finding) => finding.kind === "requantized-weight");
    expect(findings.length).toBeGreaterThan(20);
    const exported = await checkFusion(writeModel(await rewriteModel(model, plan, fixtureTarget)), backend);
    expect(exported.findings).toEqual([]);

    const reference = await run({ model: readFileSync(path) });
    const ruined = await run(floatWeights);
    const simulated = await run(floatWeights, { fuseQuantized: false });
    expect(sqnr(reference, simulated)).toBeGreaterThan(sqnr(reference, ruined) + 6);

    async function run(files: { readonly model: Uint8Array }, options?: SessionOptions): Promise<Float32Array> {
      const session = await backend.open(files, options);
      const outputs = await session.run(feeds);
      await session.dispose();
      return outputs[session.outputs[0]!]!.data as Float32Array;
    }
  });
});

function sqnr(reference: Float32Array, value: Float32Array): number {
  const distance = createDistance();
  distance.update(reference, value);
  return distance.result().sqnrDb;
}
