import { type Target, type TensorConfig, tableTarget } from "@halftone/core";
import { type CpuKind, cpuKind, type ReadText } from "./cpu.ts";
import { avx2Table } from "./generated/avx2.ts";
import { vnniTable } from "./generated/vnni.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/** onnxruntime-node on x86 with AVX512-VNNI or AVX-VNNI. */
export function nodeCpuVnni(): Target {
  return tableTarget({
    name: "node-cpu-vnni",
    runtime: vnniTable.runtime,
    operators: vnniTable.operators,
    defaults: { activations, weights },
    note: "uint8 activations and int8 weights: exact here, and measured 1.2 to 1.8 times as fast as uint8 weights.",
  });
}

/** onnxruntime-node on every other CPU. */
export function nodeCpuAvx2(): Target {
  return tableTarget({
    name: "node-cpu-avx2",
    runtime: avx2Table.runtime,
    operators: avx2Table.operators,
    defaults: { activations, weights: { ...weights, dtype: "uint8" } },
    note: "uint8 activations and uint8 weights: without VNNI, products with int8 weights wider than 7 bits overflow 16 bits (measured on an emulated AVX2 CPU: errors of 60 steps and more).",
  });
}

/** Every target of this package. */
export function nodeTargets(): readonly Target[] {
  return [nodeCpuVnni(), nodeCpuAvx2()];
}

/** The target of the CPU this runs on. */
export async function nodeTarget(options: { readonly readText?: ReadText } = {}): Promise<Target> {
  return targetOf(await cpuKind(options.readText));
}

function targetOf(kind: CpuKind): Target {
  switch (kind) {
    case "vnni":
      return nodeCpuVnni();
    case "avx2":
      return nodeCpuAvx2();
    default:
      return kind satisfies never;
  }
}
