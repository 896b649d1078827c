import { describe, expect, test } from "vitest";
import { int, string } from "../ir/index.ts";
import type { AffineEncoding, NodeView, Target } from "../spec/index.ts";
import { buildModel } from "./build-model.ts";

/** What every `Target` must do. Call it at the top level of a test file; needs vitest. */
export function describeTarget(name: string, create: () => Target): void {
  describe(`target ${name}`, () => {
    const target = create();
    const { graph } = buildModel({ inputs: { image: [1, 4, 8, 8], rows: [5, 4] } }, (b, { image, rows }) => ({
      a: b.op("Conv", [image, b.random([6, 4, 3, 3], "conv_w"), b.random([6], "conv_b")], {}, "conv"),
      b: b.op("Gemm", [rows, b.random([6, 4], "gemm_w")], { transB: int(1) }, "gemm"),
      c: b.op("MatMul", [rows, b.random([4, 6], "matmul_w")], {}, "matmul"),
      d: b.op("Resize", [image, undefined, b.constant([1, 1, 2, 2])], { mode: string("nearest") }, "resize"),
      e: b.op("NoSuchOperator", [image], {}, "unknown"),
    }));
    const perTensor = (dtype: AffineEncoding["dtype"]): AffineEncoding => ({ kind: "affine", dtype, scale: [0.1], zeroPoint: [0] });

    test("its table is data, and says where it is from", () => {
      const { supports, ...table } = target;
      expect(JSON.parse(JSON.stringify(table))).toEqual(table);
      expect([target.name, target.runtime, target.note]).not.toContain("");
      expect(typeof supports).toBe("function");
    });

    test("its defaults are types that every operator of its table takes", () => {
      const { activations, weights } = target.defaults;
      expect(activations.granularity).toBe("tensor");
      for (const [op, support] of Object.entries(target.operators)) {
        // No activations at all: the operator computes in float, with a weight that is stored in integers.
        if (support.role !== "weighted" || support.activations.length > 0) expect(support.activations, op).toContain(activations.dtype);
        if (support.role !== "weighted") expect(support.weights, op).toEqual([]);
        else {
          expect(support.weights, op).toContain(weights.dtype);
          expect(weights.bits, op).toBeLessThanOrEqual(support.weightBits?.[weights.dtype] ?? weights.bits);
        }
      }
    });

    test("accepts what its table lists, and refuses everything else with a reason", () => {
      for (const node of graph.nodes) {
        const support = target.operators[node.op];
        for (const dtype of ["int4", "uint4", "int8", "uint8", "int16", "uint16"] as const) {
          expectVerdict(target, node, node.inputs[0]!.name, perTensor(dtype), support?.activations.includes(dtype) ?? false);
          expectVerdict(target, node, node.outputs[0]!.name, perTensor(dtype), support?.activations.includes(dtype) ?? false);
          if (support?.role !== "weighted") continue;
          const bits = support.weightBits?.[dtype];
          const weight = { ...perTensor(dtype), ...(bits !== undefined && { bits }) };
          expectVerdict(target, node, node.inputs[1]!.name, weight, support.weights.includes(dtype));
        }
      }
    });

    test("refuses activations with one scale per channel", () => {
      for (const [name, support] of Object.entries(target.operators)) {
        const node = graph.nodes.find(({ op }) => op === name);
        const encoding: AffineEncoding = {
          kind: "affine",
          dtype: support.activations[0] ?? target.defaults.activations.dtype,
          scale: [1, 1, 1, 1],
          zeroPoint: [0, 0, 0, 0],
          axis: 1,
        };
        if (node) expectVerdict(target, node, node.inputs[0]!.name, encoding, false);
      }
    });
  });
}

function expectVerdict(target: Target, node: NodeView, tensor: string, encoding: AffineEncoding, accepted: boolean): void {
  const verdict = target.supports(node, tensor, encoding);
  expect(verdict.ok, `${node.op} ${tensor} ${encoding.dtype}`).toBe(accepted);
  if (!verdict.ok) expect(verdict.reason).not.toBe("");
}
