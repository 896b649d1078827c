import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { float, int, type Model } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { foldConstants } from "./fold-constants.ts";
import { inferTypes } from "./shapes/infer-types.ts";

const fold = (model: Model) => foldConstants(model, nodeBackend());
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);
const float16 = 10;

describe("foldConstants", () => {
  it("evaluates everything constant in one go, bit for bit what the runtime computes", async () => {
    const model = buildModel({ inputs: { x: ["n", 6] } }, (b, { x }) => {
      const half = b.op("Cast", [b.random([4, 6])], { to: int(float16) });
      const weight = b.op("Transpose", [b.op("Cast", [half], { to: int(1) })]);
      const [low, high] = b.ops("Split", 2, [b.op("Erf", [b.random([8])])], { num_outputs: int(2) });
      const scale = b.op("Div", [b.op("Exp", [low!]), b.op("Sqrt", [b.constant([3], [])])]);
      return { y: b.op("Add", [b.op("Mul", [b.op("MatMul", [x, weight]), scale]), high!]) };
    });
    const sessions: string[] = [];
    const backend = { ...nodeBackend() };
    const counting = {
      ...backend,
      open: (...parameters: Parameters<typeof backend.open>) => {
        sessions.push("opened");
        return backend.open(...parameters);
      },
    };
    const folded = await expectSameOutputs(model, async (copy) => {
      expect(await foldConstants(copy, counting)).toEqual({ folded: 3, refusals: [] });
    });
    expect(operators(folded)).toEqual(["MatMul", "Mul", "Add"]);
    expect(sessions).toEqual(["opened"]);
    // Names stay, and nothing that was only read on the way does.
    expect(folded.graph.initializers).toHaveLength(3);
    expect(await fold(folded)).toEqual({ folded: 0, refusals: [] });
  });

  it("leaves random numbers, quantization, control flow and graph outputs to the runtime", async () => {
    const model = buildModel({ inputs: { x: [2] } }, (b, { x }) => {
      const random = b.op("RandomUniformLike", [b.constant([1, 2])], { seed: float(1) });
      const code = b.constant({ dtype: "uint8", shape: [2], data: Uint8Array.of(1, 2) });
      const real = b.op("DequantizeLinear", [code, b.constant([0.5], [])]);
      return { y: b.op("Add", [b.op("Mul", [x, random]), real]), fixed: b.op("Neg", [b.constant([1])]) };
    });
    expect(await fold(model)).toEqual({ folded: 0, refusals: [] });
    expect(model.graph.nodes).toHaveLength(5);
  });

  it("refuses a result that would swell the file, before computing it where its shape is known", async () => {
    const model = buildModel({ inputs: { x: ["n", 1] } }, (b, { x }) => {
      const wide = b.op("Expand", [b.constant([1], [1, 1]), b.int64([1, 1 << 20])], {}, "wide");
      return { y: b.op("ReduceSum", [b.op("Add", [x, wide])]) };
    });
    const reason = "its result would take 4194304 bytes in the file";
    expect((await fold(model)).refusals).toEqual([{ rule: "fold-constants", node: "wide", reason }]);
    await inferTypes(model, nodeBackend());
    const refusing = { ...nodeBackend(), open: () => expect.unreachable("nothing is left to compute") };
    expect(await foldConstants(model, refusing)).toEqual({ folded: 0, refusals: [{ rule: "fold-constants", node: "wide", reason }] });
  });

  it("names what the runtime cannot evaluate and folds the rest", async () => {
    const model = buildModel({ inputs: { x: [2] } }, (b, { x }) => {
      const impossible = b.op("Reshape", [b.random([3]), b.int64([2, 2])], {}, "impossible");
      return { y: b.op("Add", [b.op("Add", [x, b.op("Neg", [b.constant([1, 2])])]), b.op("ReduceSum", [impossible])]) };
    });
    const { folded, refusals } = await fold(model);
    expect(folded).toBe(1);
    expect(refusals).toEqual([{ rule: "fold-constants", node: expect.stringContaining("ReduceSum"), reason: expect.stringContaining("impossible") }]);
    expect(operators(model)).toContain("Reshape");
  });

  it("passes an abort on", async () => {
    const model = buildModel({ inputs: { x: [2] } }, (b, { x }) => ({ y: b.op("Add", [x, b.op("Neg", [b.constant([1, 2])])]) }));
    await expect(foldConstants(model, nodeBackend(), AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
  });
});
