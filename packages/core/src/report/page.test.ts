import { describe, expect, it } from "vitest";
import type { QuantPlan, QuantReport } from "../spec/index.ts";
import { floatReasons, renderReport } from "./index.ts";

const plan: QuantPlan = {
  version: 1,
  model: "a".repeat(64),
  method: "min-max",
  target: "node-cpu-vnni",
  encodings: { "x<1>": { kind: "affine", dtype: "uint8", scale: [0.5], zeroPoint: [3] } },
  operands: {
    "x<1>": { encoding: { kind: "affine", dtype: "uint8", bits: 6, scale: [0.5], zeroPoint: [3] }, rescaling: { axis: 1, scale: [0.25, 4] } },
    scores: { encoding: { kind: "log", base: "sqrt2", bits: 4, scale: 1, rounding: "nearest" } },
  },
  notes: ["gradients were <estimated>"],
  nodes: {
    conv: { mode: "integer" },
    erf: { mode: "float", reason: "Erf has no integer kernel" },
    erf2: { mode: "float", reason: "Erf has no integer kernel" },
  },
  skipped: {},
};

const report: QuantReport = {
  bytes: { before: 4096, after: 1024 },
  nodes: { quantized: 1, total: 3, decisions: plan.nodes },
  multiplyAdds: { integer: 3, total: 4 },
  fusion: { checked: true, integerOperators: { QLinearConv: 1 }, findings: [{ kind: "unfused-pair", where: "q&a", detail: "rounds" }] },
  outputs: { y: { sqnrDb: 31.25, cosine: 0.9996, maxError: 0.01 } },
  metrics: { top1: { float: 0.91, quantized: 0.9 } },
  latency: { float: 0.02, quantized: 0.01 },
  samples: 12,
  seconds: { calibrate: 1.5 },
  warnings: ["top1 fell <script>"],
};

describe("report", () => {
  const page = renderReport({ title: "model.onnx", report, plan });

  it("says what changed, in figures", () => {
    for (const figure of ["4.0 KiB", "1.0 KiB", "0.250 of the float size", "2.00 times as fast", "91.00 %", "-1.00 points", "31.3 dB", "0.999600", "75.00 %"])
      expect(page).toContain(figure);
  });

  it("lists what products read, and how the plan was found", () => {
    for (const text of ["uint8, 6 bits used", "per channel by 0.2500 to 4.000", "logarithm of base sqrt2, 4 bits", "gradients were &#60;estimated&#62;"]) {
      expect(page).toContain(text);
    }
  });

  it("groups reasons, the most frequent first", () => {
    expect(floatReasons(report)).toEqual([{ reason: "Erf has no integer kernel", count: 2 }]);
    expect(page).toContain("Erf has no integer kernel: 2");
  });

  it("loads nothing and escapes every name", () => {
    expect(page).not.toMatch(/<script|https?:|src=|href=/);
    expect(page).toContain("x&#60;1&#62;");
    expect(page).toContain("q&#38;a");
  });

  it("closes every element it opens", () => {
    const open: string[] = [];
    for (const [, slash, name, rest] of page.matchAll(/<(\/?)([a-zA-Z0-9]+)((?:"[^"]*"|[^">])*)>/g)) {
      if (["meta"].includes(name!) || rest!.endsWith("/")) continue;
      if (slash) expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });
});
