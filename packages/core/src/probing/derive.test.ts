import { expect, test } from "vitest";
import { tableOf } from "./derive.ts";
import type { ProbeRow } from "./probe-runtime.ts";

const conv = { op: "Conv", role: "weighted", kernel: "QLinearConv", error: 0 } as const;

function weightedRows(error: (row: Pick<ProbeRow, "activation" | "weight" | "weightBits" | "perChannel">) => number | undefined): ProbeRow[] {
  return (["uint8", "int8"] as const).flatMap((activation) =>
    ([{ weight: "uint8" }, { weight: "int8" }, { weight: "int8", weightBits: 7 }] as const).flatMap((weight) =>
      [false, true].map((perChannel): ProbeRow => {
        const distance = error({ activation, ...weight, perChannel });
        return { ...conv, activation, ...weight, perChannel, ...(distance === undefined ? { kernel: undefined } : { error: distance }) };
      }),
    ),
  );
}

const derive = (rows: readonly ProbeRow[]) => tableOf(rows, "runtime 1", "machine");

test("types that all work are all listed", () => {
  expect(derive(weightedRows(() => 0)).operators["Conv"]).toEqual({
    role: "weighted",
    activations: ["uint8", "int8"],
    weights: ["uint8", "int8"],
    perChannelWeights: true,
  });
});

test("a weight type that works with one activation type only is left out", () => {
  const rows = weightedRows(({ activation, weight }) => (activation === "int8" && weight === "uint8" ? undefined : 0));
  expect(derive(rows).operators["Conv"]).toMatchObject({ activations: ["uint8", "int8"], weights: ["int8"] });
});

test("a type that is exact in a reduced range only is listed with that range", () => {
  const rows = weightedRows(({ weight, weightBits }) => (weight === "int8" && !weightBits ? 60 : 0));
  expect(derive(rows).operators["Conv"]).toMatchObject({ weights: ["uint8", "int8"], perChannelWeights: true, weightBits: { int8: 7 } });
});

test("no kernel for one scale per channel", () => {
  expect(derive(weightedRows(({ perChannel }) => (perChannel ? undefined : 1))).operators["Conv"]).toMatchObject({ perChannelWeights: false });
});

test("a kernel that is off by more than rounding, and one that is in float, are no kernels", () => {
  const rows: ProbeRow[] = [
    { op: "Mul", role: "elementwise", activation: "uint8", kernel: "QLinearMul", error: 1.1 },
    { op: "Relu", role: "elementwise", activation: "uint8", kernel: undefined, error: 0 },
  ];
  expect(derive(rows)).toEqual({ runtime: "runtime 1", machine: "machine", operators: {}, float: ["Mul", "Relu"] });
});

test("every variant has to work, but one that stands for an attribute value narrows the table to it", () => {
  const max: ProbeRow = { op: "MaxPool", role: "pass-through", activation: "uint8", kernel: "MaxPool", error: 0 };
  expect(derive([max, { ...max, variant: "dilated", kernel: undefined }]).float).toEqual(["MaxPool"]);
  const nearest: ProbeRow = { ...max, op: "Resize", where: { mode: "nearest" } };
  expect(derive([nearest, { ...nearest, where: { mode: "linear" }, kernel: undefined }]).operators["Resize"]).toMatchObject({ where: { mode: "nearest" } });
});
