import type { Model, Node } from "../../ir/index.ts";
import { opsetOf } from "../../ir/index.ts";
import { QuantError } from "../../spec/index.ts";
import { livingNodes } from "../rule.ts";
import { type AdaptorTable, unsupported } from "./adaptor.ts";
import { axes } from "./axes.ts";
import { bounds } from "./bounds.ts";
import { dropout } from "./dropout.ts";
import { normalization } from "./normalization.ts";
import { redefined } from "./redefined.ts";
import { resizing } from "./resizing.ts";
import { sampling } from "./sampling.ts";
import { slicing } from "./slicing.ts";
import { softmax } from "./softmax.ts";
import { unchangedOperators } from "./unchanged.ts";
import { propagateTypes } from "./value-types.ts";
import { workingOpset } from "./working-opset.ts";

/** Before 7 operators broadcast by attributes. */
const oldestOpset = 7;

/** The IR version that came with operator set 21. */
const workingIrVersion = 10;

const adaptors: AdaptorTable = { ...axes, ...bounds, ...dropout, ...normalization, ...redefined, ...resizing, ...sampling, ...slicing, ...softmax };

/** What `upgradeOpset` does to a model of an operator set before 21, which alone loads this file. */
export function carryOver(model: Model): void {
  const from = opsetOf(model);
  const hasNothingToCarry = from === 0 && standardNodes(model).length === 0;
  if (from < oldestOpset && !hasNothingToCarry) {
    throw new QuantError("unsupported-opset", `The model uses operator set ${from}; the oldest that can be upgraded is ${oldestOpset}. Export it again.`, {
      details: { opset: from, oldest: oldestOpset },
    });
  }
  for (const node of standardNodes(model)) requireKnown(node, from);
  const typeOf = propagateTypes(model.graph);
  for (let version = from + 1; version <= workingOpset; version++) {
    for (const node of standardNodes(model)) adaptors[node.op]?.[version]?.(node, typeOf);
  }
  model.opsets.set("", workingOpset);
  model.irVersion = Math.max(model.irVersion, workingIrVersion);
}

function standardNodes(model: Model): readonly Node[] {
  return [...livingNodes(model.graph)].filter((node) => node.domain === "");
}

function requireKnown(node: Node, opset: number): void {
  if (Object.hasOwn(adaptors, node.op) || unchangedOperators.has(node.op)) return;
  throw unsupported(
    node,
    `is no operator of operator set ${opset}`,
    "give it its own domain if it is a custom operator, or export the model with operator set 21 or newer",
  );
}
