import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { checkGraph, int, ints, type Model, pruneDead } from "../../ir/index.ts";
import { readModel, writeModel } from "../../onnx/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs, randomFeeds } from "../fixtures/same-on-runtime.ts";
import { fixShapes } from "./fix-shapes.ts";
import { foldShapes } from "./fold-shapes.ts";
import { inferTypes } from "./infer-types.ts";
import { recordShapes } from "./record-shapes.ts";

const backend = nodeBackend();
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);

async function fold(model: Model): Promise<void> {
  while (foldShapesOnce(model, await inferTypes(model, backend)) > 0);
  pruneDead(model.graph);
}

function foldShapesOnce(model: Model, inferred: boolean): number {
  expect(inferred).toBe(true);
  return foldShapes(model.graph);
}

/** Patches to tokens as exporters write it, with a dynamic batch and dynamic width. */
const tokens = () =>
  buildModel({ inputs: { x: ["n", 3, 8, "w"] } }, (b, { x }) => {
    const y = b.op("Conv", [x, b.random([6, 3, 2, 2])], { strides: ints([2, 2]) }, "patches");
    const shape = b.op("Shape", [y]);
    const flat = b.op("Reshape", [y, b.op("Concat", [b.op("Slice", [shape, b.int64([0]), b.int64([2])]), b.int64([-1])], { axis: int(0) })], {}, "flatten");
    const t = b.op("Transpose", [flat], { perm: ints([0, 2, 1]) });
    const size = (axis: number) => b.op("Gather", [b.op("Shape", [t]), b.constant({ dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(axis)) })]);
    const unsqueezed = (axis: number) => b.op("Unsqueeze", [b.op("Cast", [size(axis)], { to: int(7) }), b.int64([0])]);
    const heads = b.op("Reshape", [t, b.op("Concat", [unsqueezed(0), unsqueezed(1), b.int64([2, 3])], { axis: int(0) })], {}, "heads");
    const width = b.op("Cast", [size(2)], { to: int(1) });
    return { y: b.op("Div", [heads, b.op("Sqrt", [width])]) };
  });

describe("inferTypes", () => {
  it("learns from the runtime what no value_info tells, and no more than every run has", async () => {
    const model = tokens();
    expect(await inferTypes(model, backend)).toBe(true);
    const types = new Map([...model.graph.values].flatMap((value) => (value.producer ? [[value.producer.name, [value.dtype, value.shape]] as const] : [])));
    expect(types.get("patches")).toEqual(["float32", ["n", 6, 4, ""]]);
    expect(types.get("flatten")).toEqual(["float32", ["", "", ""]]);
    const feeds = randomFeeds(model, { dimensions: { n: 2, w: 10 } });
    for (const [name, sizes] of await recordShapes(model, backend, feeds)) {
      model.graph.value(name)!.shape!.forEach((dimension, axis) => {
        if (typeof dimension === "number") expect([name, axis, dimension]).toEqual([name, axis, sizes[axis]]);
      });
    }
  });

  it("keeps declared names and needs no weights", async () => {
    const model = buildModel({ inputs: { x: ["n", 512] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.random([512, 300], "w")]) }));
    model.graph.value("y")!.shape = ["rows", ""];
    await inferTypes(model, backend);
    expect(model.graph.value("y")!.shape).toEqual(["rows", 300]);
    expect(model.graph.value("w")!.content!.bytes.byteLength).toBe(512 * 300 * 4);
  });

  it("does without a runtime that describes nothing, or refuses the skeleton", async () => {
    const model = tokens();
    const silent = {
      name: "silent",
      open: async (...parameters: Parameters<typeof backend.open>) => {
        const { describe: _, ...session } = await backend.open(...parameters);
        return session;
      },
    };
    expect(await inferTypes(model, silent)).toBe(false);
    const broken = buildModel({ inputs: { x: [2] } }, (b, { x }) => ({ y: b.op("NoSuchOperator", [x]) }));
    expect(await inferTypes(broken, backend)).toBe(false);
  });
});

describe("foldShapes", () => {
  it("leaves no shape arithmetic where sizes are static, copied from the input, or the only unknown", async () => {
    for (const dimensions of [
      { n: 1, w: 4 },
      { n: 3, w: 10 },
    ]) {
      const folded = await expectSameOutputs(tokens(), fold, { dimensions });
      expect(operators(folded)).toEqual(["Conv", "Reshape", "Transpose", "Reshape", "Cast", "Sqrt", "Div"]);
      const targets = folded.graph.nodes.filter((node) => node.op === "Reshape").map((node) => [...(node.inputs[1]!.constant!.data as BigInt64Array)]);
      expect(targets).toEqual([
        [0n, 6n, -1n],
        [0n, 0n, 2n, 3n],
      ]);
    }
  });

  it("keeps a target with two unknown sizes, and one where zero means zero", async () => {
    const model = buildModel({ inputs: { x: ["n", "m", 4], z: ["k", "l"] } }, (b, { x, z }) => {
      const flipped = b.op("Transpose", [z]);
      const both = b.op("Concat", [b.op("Shape", [flipped]), b.int64([-1])], { axis: int(0) });
      const rows = b.op("Concat", [b.op("Shape", [z], { end: int(1) }), b.int64([-1])], { axis: int(0) });
      return { twice: b.op("Reshape", [x, both]), zero: b.op("Reshape", [z, rows], { allowzero: int(1) }) };
    });
    const folded = await expectSameOutputs(model, fold, { dimensions: { n: 6, m: 1, k: 3, l: 2 } });
    expect(folded.graph.nodes.filter((node) => node.op === "Shape")).toHaveLength(2);
  });

  it("reads negative and open-ended slices, gathers and spans of shapes as the runtime does", async () => {
    const ranges = [
      [0, 2],
      [-2, Number.MAX_SAFE_INTEGER],
      [1, -1],
      [-9, 9],
      [3, 1],
    ] as const;
    const model = buildModel({ inputs: { x: [2, 3, 4, 5] } }, (b, { x }) => {
      const sliced = ranges.map(([start, end]) => b.op("Slice", [b.op("Shape", [x]), b.int64([start]), b.int64([end])]));
      const spans = [
        [1, 3],
        [-2, 4],
        [0, -1],
      ].map(([start, end]) => b.op("Shape", [x], { start: int(start!), end: int(end!) }));
      const gathered = b.op("Gather", [b.op("Shape", [x]), b.int64([-1, 0, 2])]);
      return { y: b.op("Neg", [b.op("Concat", [...sliced, ...spans, gathered], { axis: int(0) })]) };
    });
    expect(operators(await expectSameOutputs(model, fold))).toEqual(["Neg"]);
  });
});

describe("recordShapes", () => {
  it("tells every tensor's size in one run, adds unknown ranks, and leaves the model as it was", async () => {
    const model = tokens();
    const before = operators(model);
    const shapes = await recordShapes(model, backend, randomFeeds(model, { dimensions: { n: 2, w: 6 } }));
    checkGraph(model.graph);
    expect(operators(model)).toEqual(before);
    expect(shapes.get("y")).toEqual([2, 12, 2, 3]);
    expect(model.graph.value("y")!.shape).toEqual(["", "", "", ""]);
    expect(shapes.size).toBe(model.graph.nodes.length);
    // Sizes that were seen once are not promised to others.
    const again = readModel(writeModel(model));
    expect(await recordShapes(again, backend, randomFeeds(again, { dimensions: { n: 3, w: 4 } }))).not.toEqual(shapes);
  });
});

describe("fixShapes", () => {
  const network = () => buildModel({ inputs: { image: ["n", 3, 8, 8] } }, (b, { image }) => ({ scores: b.op("Conv", [image, b.random([5, 3, 8, 8])]) }));

  it("gives an input the shape that an app will feed", async () => {
    const model = network();
    fixShapes(model, { image: [2, 3, 8, 8] });
    const session = await backend.open(writeModel(model));
    expect(session.describe!("scores")).toEqual({ dtype: "float32", shape: [2, 5, 1, 1] });
    await session.dispose();
  });

  it("refuses what the model declares otherwise or does not have", () => {
    expect(() => fixShapes(network(), { image: [2, 3, 4, 4] })).toThrow(/declares \[n, 3, 8, 8\]/);
    expect(() => fixShapes(network(), { picture: [1] })).toThrow(/no such input; it has image/);
  });
});
