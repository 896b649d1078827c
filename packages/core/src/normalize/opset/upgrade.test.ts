import { describe, expect, it } from "vitest";
import { checkGraph, constantFromTensor, float, int, ints, subgraph } from "../../ir/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset, workingOpset } from "./index.ts";

const flag = (value: number) => ({ dtype: "bool", shape: [], data: Uint8Array.of(value) }) as const;
const squeezes = (opset: number) =>
  buildModel({ opset, inputs: { x: [1, 3] } }, (b, { x }) => ({
    y: b.op("Squeeze", opset < 13 ? [x] : [x, b.int64([0])], opset < 13 ? { axes: ints([0]) } : {}),
  }));

describe("upgradeOpset", () => {
  it("raises the operator set and the IR version", async () => {
    const model = squeezes(9);
    model.irVersion = 4;
    await upgradeOpset(model);
    checkGraph(model.graph);
    expect([model.opsets.get(""), model.irVersion]).toEqual([workingOpset, 10]);
  });

  it("leaves models of 21 and newer alone", async () => {
    for (const opset of [21, 22]) {
      const model = squeezes(opset);
      model.irVersion = 9;
      const before = writeModel(model).model;
      await upgradeOpset(model);
      expect(writeModel(model).model).toEqual(before);
    }
  });

  it("upgrades subgraphs, and what they read from outside", async () => {
    const model = buildModel({ opset: 11, inputs: { x: [2, 3, 4], condition: { dtype: "bool", shape: [] } } }, (b, { x, condition }) => {
      const branch = (op: string) =>
        subgraph(b.subgraph({}, (inner) => ({ chosen: inner.op("Unsqueeze", [inner.op(op, [x], { axis: int(1) })], { axes: ints([0]) }) })));
      const chosen = b.op("If", [condition], { then_branch: branch("Softmax"), else_branch: branch("LogSoftmax") });
      const body = b.subgraph({ inputs: { step: { dtype: "int64", shape: [] }, going: { dtype: "bool", shape: [] }, sum: [3] } }, (inner, { going, sum }) => ({
        keep: inner.op("Identity", [going!]),
        next: inner.op("Add", [sum!, inner.op("ReduceSum", [x], { axes: ints([0, 2]), keepdims: int(0) })]),
      }));
      const trips = b.constant({ dtype: "int64", shape: [], data: BigInt64Array.of(3n) });
      return { chosen, looped: b.op("Loop", [trips, b.constant(flag(1)), b.random([3])], { body: subgraph(body) }) };
    });
    for (const value of [0, 1]) await expectSameOutputs(model, upgradeOpset, { feeds: { condition: flag(value) } });
  });

  it("leaves other domains alone", async () => {
    const model = buildModel({ opset: 11, inputs: { x: [2, 3] } }, (b, { x }) => {
      const own = b.graph.addNode("Pad", [x, b.int64([0, 1, 0, 1])], { domain: "com.microsoft", name: "own" });
      return { y: b.op("Softmax", [own.outputs[0]]) };
    });
    model.opsets.set("com.microsoft", 1);
    const upgraded = await expectSameOutputs(model, upgradeOpset);
    expect(upgraded.graph.node("own")!.inputs).toHaveLength(2);
  });

  it("gives a model without standard operators the operator set that later stages write", async () => {
    const model = buildModel({ inputs: { x: [2] } }, (b, { x }) => ({ y: b.graph.addNode("Gelu", [x], { domain: "com.microsoft" }).outputs[0]! }));
    model.opsets.delete("");
    await upgradeOpset(model);
    expect(model.opsets.get("")).toBe(workingOpset);
  });

  it("keeps the names of nodes and of everything they answered", async () => {
    const model = buildModel({ opset: 9, inputs: { x: [2, 3, 4] } }, (b, { x }) => {
      const soft = b.op("Softmax", [b.op("Clip", [x], { min: float(0) }, "clip")], {}, "soft");
      return { soft, flat: b.op("Squeeze", [b.op("Unsqueeze", [soft], { axes: ints([0]) }, "up")], { axes: ints([0]) }, "down") };
    });
    const names = [...model.graph.values].map((value) => value.name);
    const upgraded = await expectSameOutputs(model, upgradeOpset);
    for (const node of ["clip", "soft", "up", "down"]) expect(upgraded.graph.node(node)).toBeDefined();
    for (const name of names) expect(upgraded.graph.value(name), name).toBeDefined();
  });

  it.each([1, 6])("refuses operator set %i, with what to do", async (opset) => {
    await expect(upgradeOpset(squeezes(opset))).rejects.toThrow(expect.objectContaining({ code: "unsupported-opset", details: { opset, oldest: 7 } }));
  });

  it("refuses an operator ONNX never had, before it changes anything", async () => {
    const model = buildModel({ opset: 9, inputs: { x: [1, 3] } }, (b, { x }) => ({
      y: b.op("constructor", [b.op("Squeeze", [x], { axes: ints([0]) })], {}, "odd"),
    }));
    const before = writeModel(model).model;
    await expect(upgradeOpset(model)).rejects.toThrow(expect.objectContaining({ code: "unsupported-op", details: { node: "odd", op: "constructor" } }));
    expect(writeModel(model).model).toEqual(before);
  });

  it("reads constants that are still nodes", async () => {
    const shape = { kind: "tensor", value: constantFromTensor({ dtype: "int64", shape: [3], data: BigInt64Array.of(3n, 2n, 2n) }) } as const;
    const model = buildModel({ opset: 11, inputs: { x: [2, 6] } }, (b, { x }) => ({
      y: b.op("Softmax", [b.op("Reshape", [x, b.op("Constant", [], { value: shape })])], { axis: int(2) }),
    }));
    const upgraded = await expectSameOutputs(model, upgradeOpset);
    expect(upgraded.graph.nodes.map((node) => node.op)).toEqual(["Constant", "Reshape", "Softmax"]);
  });
});
