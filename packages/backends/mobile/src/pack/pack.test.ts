import { int, readModel } from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { ortFormat } from "@halftone/node";
import { expect, test } from "vitest";
import { smallNetwork } from "../fixtures/small-network.ts";
import { formatPackCard, type PackCard, parsePackCard } from "./card.ts";
import { requiredOperators } from "./required-operators.ts";

test("a reduced build is told every operator of every form, subgraphs included", async () => {
  const model = buildModel({ inputs: { x: [1, 4], flag: { dtype: "bool", shape: [] } } }, (b, { x, flag }) => {
    const branch = (op: string) => b.subgraph({}, (inner) => ({ out: inner.op(op, [x]) }));
    const attributes = { then_branch: { kind: "graph", value: branch("Tanh") }, else_branch: { kind: "graph", value: branch("Exp") } };
    return { y: b.op("If", [flag], attributes as never), z: b.op("Softmax", [x], { axis: int(-1) }) };
  });
  expect(requiredOperators([model])).toBe("# domain;operator set;operators\nai.onnx;21;Exp,If,Softmax,Tanh\n");
  const fixed = readModel((await ortFormat(smallNetwork(), "fixed")).graph);
  const lines = requiredOperators([fixed, model]).split("\n");
  expect(lines).toContainEqual(expect.stringMatching(/^ai\.onnx;21;.*GlobalAveragePool,If,LayerNormalization/));
  expect(lines).toContainEqual(expect.stringMatching(/^com\.microsoft;1;FusedConv/));
});

test("a card is read as it was written, and anything else is refused", () => {
  const card: PackCard = {
    ...{ format: "halftone-mobile-1", name: "m.onnx", target: "mobile-qnn", provider: "QNN", runtime: "r", preprocess: { mean: [0.5] } },
    inputs: [{ name: "x", dtype: "float32", shape: ["n", 3] }],
    outputs: [{ name: "y", dtype: null, shape: null }],
    files: [{ path: "m.ort", style: "fixed", bytes: 1, sha256: "00", executionProviders: ["cpu"], distance: 0 }],
    check: { nodes: 1, onProvider: 0, partitions: 0, elsewhere: [{ node: "n", op: "Tanh", reason: "no" }] },
  };
  expect(parsePackCard(formatPackCard(card))).toEqual(card);
  for (const text of ["{", "{}", JSON.stringify({ ...card, format: "halftone-mobile-2" })])
    expect(() => parsePackCard(text)).toThrow(/no card of a packed model/);
});
