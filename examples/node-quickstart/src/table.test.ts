import type { QuantReport } from "@halftone/core";
import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

const report: QuantReport = {
  bytes: { before: 10_800_000, after: 2_970_000 },
  nodes: {
    quantized: 2,
    total: 5,
    decisions: {
      conv: { mode: "integer" },
      relu: { mode: "absorbed" },
      tanh: { mode: "float", reason: "no integer kernel" },
      gate: { mode: "float", reason: "excluded by you" },
      erf: { mode: "float", reason: "no integer kernel" },
    },
  },
  fusion: { checked: true, integerOperators: { QLinearConv: 1 }, findings: [{ kind: "unfused-pair", where: "mul_3", detail: "DequantizeLinear left" }] },
  outputs: { scores: { sqnrDb: 21.34, cosine: 0.99, maxError: 0.2 } },
  metrics: { exactMatch: { float: 0.94, quantized: 0.9375 }, characterAccuracy: { float: 0.99, quantized: 0.98 } },
  latency: { float: 0.012, quantized: 0.006 },
  samples: 800,
  seconds: {},
  warnings: [],
};

test("shows both models side by side, columns aligned", () => {
  const lines = formatTable(report, { agreement: 0.97, changed: 0.02 }).split("\n");
  expect(lines.slice(0, 7)).toEqual([
    "                       float     int8",
    "exact match          94.00 %  93.75 %  0.25 points lost (standard error 0.50)",
    "character accuracy   99.00 %  98.00 %  800 lines, spaces aside",
    "lines read alike              97.00 %",
    "SQNR                          21.3 dB",
    "file size           10.80 MB  2.97 MB  0.275 of float",
    "latency per line    12.00 ms  6.00 ms  2.00 times as fast",
  ]);
});

test("counts the nodes and groups the reasons, the most frequent first", () => {
  const text = formatTable(report, undefined);
  expect(text).toContain("2 of 5 nodes quantized: 1 integer, 1 absorbed\n    2 float: no integer kernel\n    1 float: excluded by you\n");
  expect(text).toContain("integer kernels in the runtime: 1 QLinearConv\n      unfused-pair at mul_3: DequantizeLinear left");
});

test("says so when the readings could not be compared", () => {
  expect(formatTable(report, undefined)).toMatch(/lines read alike\s+unknown/);
});
