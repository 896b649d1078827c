import { type OperatorSupport, QuantError, type Target, type TensorConfig, tableTarget } from "@halftone/core";
import type { MobileTargetName, ProviderTable } from "./provider-table.ts";
import { coremlTable } from "./tables/coreml.ts";
import { nnapiTable } from "./tables/nnapi.ts";
import { qnnTable } from "./tables/qnn.ts";
import { xnnpackTable } from "./tables/xnnpack.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/** XNNPACK, on the processor of Android and iOS; what it leaves to the CPU provider runs on integers too. */
export function mobileXnnpack(): Target {
  return targetOf(xnnpackTable, {
    defaults: { activations: { ...activations, dtype: "int8" }, weights },
    note: "int8 activations and int8 weights: XNNPACK takes no mixture of signs, and one scale per channel only for int8.",
  });
}

/** Android's NNAPI. */
export function mobileNnapi(): Target {
  return targetOf(nnapiTable, {
    defaults: { activations, weights },
    note: "uint8 activations and int8 weights: NNAPI takes no int8 activations; weights have one scale per channel in Conv alone.",
  });
}

/** Apple's CoreML. Only weights are quantized, and only the download gets smaller. */
export function mobileCoreml(): Target {
  return targetOf(coremlTable, {
    defaults: { activations, weights },
    note: "Weights only: CoreML's provider runs neither QuantizeLinear nor DequantizeLinear; the CPU dequantizes the weights and CoreML computes in float.",
  });
}

/** Qualcomm's QNN on the HTP, which computes on quantized models only: scope `full` leaves the least in float. */
export function mobileQnn(): Target {
  return targetOf(qnnTable, {
    defaults: { activations, weights: { ...weights, dtype: "uint8", granularity: "tensor" } },
    note: "uint8 activations and uint8 weights per tensor, as QNN's documentation quantizes by default; int8 weights per channel are for convolutions alone.",
  });
}

/** Every target of this package. */
export function mobileTargets(): readonly Target[] {
  return [mobileXnnpack(), mobileNnapi(), mobileCoreml(), mobileQnn()];
}

const tables: readonly ProviderTable[] = [xnnpackTable, nnapiTable, coremlTable, qnnTable];

/** The whole table behind a target of this package. @throws `unknown-name`. */
export function providerTable(target: string): ProviderTable {
  const table = tables.find((each) => each.target === target);
  if (table) return table;
  const known: readonly MobileTargetName[] = tables.map((each) => each.target);
  throw new QuantError("unknown-name", `${target} is no target of a phone. Known: ${known.join(", ")}.`, { details: { name: target, known } });
}

/**
 * Rows with integers: the provider's, and those of the provider that takes the rest. An operator has one row; where each has one for
 * other attributes (Resize), it is the one that moves codes, which placement can use.
 */
function targetOf(table: ProviderTable, choice: Pick<Target, "defaults" | "note">): Target {
  const taken = table.fallback.operators;
  const own = Object.entries(table.operators).flatMap(([op, { integer }]) => (integer && !(integer.where && taken[op]) ? [[op, integer] as const] : []));
  const operators: Readonly<Record<string, OperatorSupport>> = { ...taken, ...Object.fromEntries(own) };
  return tableTarget({ name: table.target, runtime: `${table.runtime}, ${table.provider}`, operators, ...choice });
}
