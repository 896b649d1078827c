import { nodeTarget } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { checkGraph, type Model } from "../ir/index.ts";
import { createDistance, seededRandom } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { AffineEncoding, QuantConfigInput, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { planByRange, runModel } from "./fixtures/plan-by-range.ts";
import { rewriteModel } from "./rewrite.ts";

const target = await nodeTarget();
const units = new Map([
  ["gate", "silu"],
  ["silu", "silu"],
]);

function block(): Model {
  return buildModel({ inputs: { x: [2, 6, 16] } }, (b, { x }) => {
    const norm = b.op("LayerNormalization", [x, b.random([16], "gamma"), b.random([16])], {}, "norm");
    const linear = b.op("Add", [b.op("MatMul", [norm, b.random([16, 16], "w")], {}, "linear"), b.random([16])]);
    const gated = b.op("Mul", [linear, b.op("Sigmoid", [linear], {}, "gate")], {}, "silu");
    const scores = b.op("Softmax", [b.op("Add", [x, gated], {}, "sum")], {}, "softmax");
    return { y: b.op("MatMul", [scores, b.random([16, 4], "last_w")], {}, "last") };
  });
}

const data = Float32Array.from({ length: 2 * 6 * 16 }, seededRandom(7));
const feeds: Tensors = { x: { dtype: "float32", shape: [2, 6, 16], data } };

async function sqnrOf(model: Model): Promise<number> {
  const distance = createDistance();
  distance.update((await runModel(writeModel(block()).model, feeds)).y!, (await runModel(writeModel(model).model, feeds)).y!);
  return distance.result().sqnrDb;
}

const planned = (config: QuantConfigInput) => planByRange(block(), feeds, { scope: "full", ...config }, target, units);

describe("scope full", () => {
  it.each([
    [8, 28],
    [6, 16],
  ])("puts every tensor around a node on a %s-bit grid", async (bits, atLeast) => {
    const { plan } = await planned({ activations: { bits } });
    const rewritten = await rewriteModel(block(), plan, target);
    checkGraph(rewritten.graph);
    for (const name of ["norm", "gate", "silu", "sum", "softmax", "last"]) {
      for (const value of rewritten.graph.node(name)!.inputs.filter((input) => input!.name !== "gate_out" && input!.producer)) {
        expect(value!.producer!.op, `${value!.name} of ${name}`).toBe("DequantizeLinear");
      }
    }
    expect(
      rewritten.graph
        .node("silu")!
        .inputs.map((value) => value!.producer!.op)
        .sort(),
    ).toEqual(["DequantizeLinear", "Sigmoid"]);
    expect(rewritten.graph.value("gate_out")!.consumers.map((use) => use.node.name)).toEqual(["silu"]);
    expect(await sqnrOf(rewritten)).toBeGreaterThan(atLeast);
  });

  it("stores a tensor on one grid per channel and calls its readers emulated", async () => {
    const { plan, assemble } = await planned({});
    const single = plan.encodings.sum_out!;
    const perChannel: AffineEncoding = { ...single, scale: Array(16).fill(single.scale[0]!), zeroPoint: Array(16).fill(single.zeroPoint[0]!), axis: 2 };
    const changed = assemble({ sum_out: perChannel });
    expect(changed.nodes.sum).toMatchObject({ mode: "emulated", reason: expect.stringContaining("one scale per tensor") });
    expect(changed.encodings.sum_out).toEqual(perChannel);
    expect(await sqnrOf(await rewriteModel(block(), changed, target))).toBeCloseTo(await sqnrOf(await rewriteModel(block(), plan, target)), 0);
  });

  it("reads the float value of an emulated node where a product has a grid of its own", async () => {
    const { plan } = await planned({});
    const own: AffineEncoding = { kind: "affine", dtype: "uint8", bits: 6, scale: [Math.fround(1 / 63)], zeroPoint: [0] };
    const { graph } = await rewriteModel(block(), { ...plan, operands: { softmax_out: { encoding: own } } }, target);
    const quantize = graph.node("last")!.inputs[0]!.producer!.inputs[0]!.producer!;
    expect(quantize.inputs[0]!.producer!.inputs[0]!.producer!.op).toBe("Softmax");
  });
});
