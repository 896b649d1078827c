import type { NodeView, QuantConfig, ValueView } from "../spec/index.ts";
import { configOf } from "./config.ts";
import { onlyReader } from "./roles.ts";

/** The range an activation operator lets through, when it is a plain clipping. */
export function clippingOf(node: NodeView): { readonly min: number; readonly max: number } | undefined {
  if (node.op === "Relu") return { min: 0, max: Number.POSITIVE_INFINITY };
  if (node.op !== "Clip") return undefined;
  const min = boundOf(node.inputs[1], Number.NEGATIVE_INFINITY);
  const max = boundOf(node.inputs[2], Number.POSITIVE_INFINITY);
  return min === undefined || max === undefined ? undefined : { min, max };
}

function boundOf(value: ValueView | undefined, fallback: number): number | undefined {
  if (!value) return fallback;
  const bound = value.constant?.data[0];
  return bound === undefined ? undefined : Number(bound);
}

/**
 * Whether the grid of the output can do the clipping: it must be able to end at zero, which a symmetric grid with its
 * middle at zero cannot.
 */
export function isAbsorbable(node: NodeView, config: QuantConfig): boolean {
  const clipping = clippingOf(node);
  const output = node.outputs[0];
  if (!clipping || !output) return false;
  const { scheme } = configOf(config, "activations", [output.name]);
  return clipping.min !== 0 || scheme === "asymmetric" || scheme === "symmetric-uint8";
}

/** The Add that is a MatMul's bias: its only reader, with a constant vector. */
export function absorbedBias(matMul: NodeView): NodeView | undefined {
  const reader = onlyReader(matMul.outputs[0]!);
  if (reader?.op !== "Add" || reader.domain !== "") return undefined;
  const constant = reader.inputs.find((value) => value?.constant)?.constant;
  const width = matMul.inputs[1]?.constant?.shape.at(-1);
  return constant && width !== undefined && constant.shape.length === 1 && constant.shape[0] === width ? reader : undefined;
}
