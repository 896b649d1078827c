/**
 * Folds a step per output channel into the operator before it: W' = scale W, b' = scale b + shift. Computed in double
 * precision and rounded once.
 */
import type { Node, Value } from "../ir/index.ts";
import type { Verdict } from "../spec/index.ts";
import type { ChannelAffine } from "./channel-affine.ts";
import { takeOver } from "./edit.ts";
import { biasOf, checkFoldable, type LinearOperator, scaledWeight, setBias, setWeight } from "./linear-operator.ts";
import { accepted, refused } from "./rule.ts";

export function checkFoldBack(linear: LinearOperator, reader: Node, affine: ChannelAffine): Verdict {
  const own = linear.node.outputs[0]!;
  if (own.isOutput) return refused(`${own.name}, which ${linear.node.name} computes before it, is an output of the model`);
  if (own.consumers.some((use) => use.node !== reader)) return refused(`the output of ${linear.node.name} is read elsewhere too`);
  const foldable = checkFoldable(linear);
  if (!foldable.ok) return foldable;
  if (linear.biasInput === undefined && affine.shift.some((element) => element !== 0)) return refused(`${linear.node.op} has no bias to take the shift`);
  const finite = affine.scale.every(isFinite32) && affine.shift.every(isFinite32);
  return finite ? accepted : refused("its constants give no finite scale: a divisor is zero, or a variance negative or not a number");
}

export function foldBack(linear: LinearOperator, output: Value, { scale, shift }: ChannelAffine): void {
  const bias = biasOf(linear);
  setWeight(
    linear,
    scaledWeight(linear, (channel) => scale[channel]!),
  );
  if (linear.biasInput !== undefined)
    setBias(
      linear,
      bias.map((element, channel) => scale[channel]! * element + shift[channel]!),
    );
  takeOver(linear.node, output);
}

function isFinite32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}
