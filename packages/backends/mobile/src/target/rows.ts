import type { IntegerDtype, OperatorSupport } from "@halftone/core";
import type { Cited, Need, ProviderOperator } from "./provider-table.ts";

export const rank = (...ranks: readonly number[]): Need => ({ kind: "rank", ranks });
export const constant = (...inputs: readonly number[]): Need => ({ kind: "constant", inputs });
export const attribute = (name: string, values: readonly (string | number)[], otherwise: string | number): Need => ({
  kind: "attribute",
  name,
  values,
  otherwise,
});
export const lastAxis: Need = { kind: "last-axis" };

export const weighted = (activations: readonly IntegerDtype[], weights: readonly IntegerDtype[], perChannelWeights: boolean): OperatorSupport => ({
  role: "weighted",
  activations,
  weights,
  perChannelWeights,
});
export const elementwise = (activations: readonly IntegerDtype[]): OperatorSupport => ({
  role: "elementwise",
  activations,
  weights: [],
  perChannelWeights: false,
});
export const passThrough = (activations: readonly IntegerDtype[]): OperatorSupport => ({ ...elementwise(activations), role: "pass-through" });

/** Rows that differ in their name only. */
export function rows(names: readonly string[], row: ProviderOperator): Readonly<Record<string, ProviderOperator>> {
  return Object.fromEntries(names.map((name) => [name, row]));
}

export const cite = <Row extends object>(source: string, row: Row): Row & Cited => ({ ...row, source });
