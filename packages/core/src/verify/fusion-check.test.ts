import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { ints, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { checkFusion } from "./fusion-check.ts";

const backend = nodeBackend();
const image = { x: [1, 4, 8, 8] };

function pair(b: GraphBuilder, x: Value): Value {
  const parameters = [b.constant([0.02], []), b.constant({ dtype: "uint8", shape: [], data: Uint8Array.of(128) })];
  return b.op("DequantizeLinear", [b.op("QuantizeLinear", [x, ...parameters]), ...parameters]);
}

function integerWeight(b: GraphBuilder): Value {
  const codes = b.constant({ dtype: "int8", shape: [4, 4, 3, 3], data: Int8Array.from({ length: 144 }, (_, index) => (index * 37) % 255) });
  return b.op("DequantizeLinear", [codes, b.constant([0.01], [])]);
}

function conv(b: GraphBuilder, x: Value, weight: Value): Value {
  return b.op("Conv", [x, weight], { pads: ints([1, 1, 1, 1]) });
}

async function kindsOf(build: (b: GraphBuilder, x: Value) => Value): Promise<readonly string[]> {
  const report = await checkFusion(writeModel(buildModel({ inputs: image }, (b, { x }) => ({ y: build(b, x) }))), backend);
  expect(report.checked).toBe(true);
  return report.findings.map((finding) => finding.kind);
}

describe("fusion check", () => {
  it("finds nothing in a convolution that became a kernel", async () => {
    expect(await kindsOf((b, x) => pair(b, conv(b, pair(b, x), integerWeight(b))))).toEqual([]);
  });

  it("finds a weight that the runtime quantized on its own", async () => {
    expect(await kindsOf((b, x) => pair(b, conv(b, pair(b, x), b.random([4, 4, 3, 3]))))).toEqual(["requantized-weight"]);
  });

  it("finds a convolution whose output was left without a grid", async () => {
    expect(await kindsOf((b, x) => b.op("Erf", [conv(b, pair(b, x), integerWeight(b))]))).toContain("float-operator");
  });

  it("finds a pair between two float operators", async () => {
    expect(await kindsOf((b, x) => b.op("Erf", [pair(b, b.op("Exp", [x]))]))).toEqual(["unfused-pair"]);
  });

  it("says so when the backend cannot show its optimized model", async () => {
    const { optimize: _, ...blind } = backend;
    const model = writeModel(buildModel({ inputs: image }, (b, { x }) => ({ y: b.op("Erf", [x]) })));
    expect(await checkFusion(model, blind)).toEqual({ checked: false, integerOperators: {}, findings: [] });
  });
});
