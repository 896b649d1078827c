import { describe, expect, it } from "vitest";
import { int } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { boundsOf } from "./bounds.ts";

const free = { min: -Infinity, max: Infinity };

describe("boundsOf", () => {
  it("knows what operators guarantee, through everything that only moves values", () => {
    const model = buildModel({ inputs: { x: [1, 4, 8, 8] } }, (b, { x }) => {
      const relu = b.op("Relu", [x]);
      const clip = b.op("Clip", [x, b.constant([0], []), b.constant([6], [])]);
      const open = b.op("Clip", [x, b.constant([-1], [])]);
      const joined = b.op("Concat", [relu, clip], { axis: int(1) });
      return {
        relu,
        clip,
        open,
        softmax: b.op("Softmax", [x]),
        moved: b.op("Transpose", [b.op("GlobalAveragePool", [joined])]),
        mixed: b.op("Concat", [clip, open], { axis: int(1) }),
        sum: b.op("Add", [relu, clip]),
        computedBound: b.op("Clip", [x, b.op("ReduceMin", [x])]),
      };
    });
    const bounds = (name: string) => boundsOf(model.graph.value(name)!);
    expect(bounds("x")).toEqual(free);
    expect(bounds("relu")).toEqual({ min: 0, max: Infinity });
    expect(bounds("clip")).toEqual({ min: 0, max: 6 });
    expect(bounds("open")).toEqual({ min: -1, max: Infinity });
    expect(bounds("softmax")).toEqual({ min: 0, max: 1 });
    expect(bounds("moved")).toEqual({ min: 0, max: Infinity });
    expect(bounds("mixed")).toEqual({ min: -1, max: Infinity });
    expect(bounds("sum")).toEqual(free);
    expect(bounds("computedBound")).toEqual(free);
  });
});
