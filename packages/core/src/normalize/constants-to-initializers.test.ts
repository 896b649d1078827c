import { describe, expect, it } from "vitest";
import { constantFromTensor, float, floats, int, ints, string, subgraph } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { constantsToInitializers } from "./constants-to-initializers.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";

const strings = (...texts: string[]) => ({ kind: "strings", value: texts.map((text) => new TextEncoder().encode(text)) }) as const;
const tensor = { kind: "tensor", value: constantFromTensor({ dtype: "float32", shape: [1, 2], data: Float32Array.of(3, 4) }) } as const;

describe("constantsToInitializers", () => {
  it("moves every form of Constant, in subgraphs too", async () => {
    const build = () =>
      buildModel({ inputs: { x: [2], flag: { dtype: "bool", shape: [] } } }, (b, { x, flag }) => {
        const sum = b.op("Add", [x, b.op("Constant", [], { value: tensor })]);
        const shifted = b.op("Add", [sum, b.op("Constant", [], { value_float: float(0.5) })]);
        const scaled = b.op("Mul", [shifted, b.op("Constant", [], { value_floats: floats([2, 0.1]) })]);
        const body = (value: number) =>
          subgraph(b.subgraph({}, (inner) => ({ chosen: inner.op("Mul", [scaled, inner.op("Constant", [], { value_float: float(value) })]) })));
        return {
          y: b.op("Reshape", [b.op("If", [flag], { then_branch: body(1), else_branch: body(-1) }), b.op("Constant", [], { value_ints: ints([2, 1]) })]),
          picked: b.op("Gather", [x, b.op("Constant", [], { value_int: int(1) })]),
          text: b.op("Constant", [], { value_string: string("hello") }),
          texts: b.op("Constant", [], { value_strings: strings("a", "b") }),
        };
      });
    const rewritten = await expectSameOutputs(build(), (model) => {
      expect(constantsToInitializers(model)).toEqual({ moved: 9, droppedInputs: [], refusals: [] });
    });
    const graphs = [rewritten.graph, ...rewritten.graph.nodes.flatMap((node) => node.subgraphs)];
    expect(graphs.flatMap((graph) => graph.nodes).filter((node) => node.op === "Constant")).toEqual([]);
    expect(graphs.map((graph) => graph.initializers.length)).toEqual([7, 1, 1]);
  });

  it("refuses a sparse constant and says why", () => {
    const model = buildModel({}, (b) => ({ y: b.op("Constant", [], { sparse_value: { kind: "opaque", value: {} } }, "sparse") }));
    const { refusals } = constantsToInitializers(model);
    expect(refusals).toEqual([{ rule: "constant-to-initializer", node: "sparse", reason: "its sparse_value has no dense initializer form" }]);
    expect(model.graph.node("sparse")).toBeDefined();
  });

  it("drops inputs that only name an initializer", async () => {
    const build = () =>
      buildModel({ inputs: { x: [2], w: [2] } }, (b, { x, w }) => {
        w.content = constantFromTensor({ dtype: "float32", shape: [2], data: Float32Array.of(1, 2) });
        return { y: b.op("Mul", [x, w]) };
      });
    const rewritten = await expectSameOutputs(build(), (model) => expect(constantsToInitializers(model).droppedInputs).toEqual(["w"]), {
      feeds: { w: { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } },
    });
    expect(rewritten.graph.inputs.map((input) => input.name)).toEqual(["x"]);
  });
});
