import { int, type Value } from "../../ir/index.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Tensors in blocked layout that are reduced as one: for small ones, an operator costs more than what it does. */
export interface Bundle {
  readonly values: readonly Value[];
  /** Of each value. */
  readonly channels: readonly number[];
  /** Where in the order of the model the last of them is computed. */
  readonly position: number;
  /** The values side by side along the channels. */
  joined(): Value;
}

/** Copying a larger tensor costs more than it saves. */
const smallTensor = 1 << 15;
const mostTogether = 16;

/** In the order of the model. Values of equal size stand together, and only those that are alike to `kindOf`. */
export function bundlesOf(nodes: ObservingNodes, values: readonly Value[], kindOf: (value: Value) => string = () => ""): readonly Bundle[] {
  const bundles: Value[][] = [];
  const open = new Map<string, Value[]>();
  for (const value of values.toSorted((a, b) => nodes.positionOf(a) - nodes.positionOf(b))) {
    const key = `${nodes.shapeOf(value).slice(2)} ${kindOf(value)}`;
    const bundle = open.get(key);
    if (!isSmall(nodes, value)) bundles.push([value]);
    else if (bundle && bundle.length < mostTogether) bundle.push(value);
    else {
      const started = [value];
      open.set(key, started);
      bundles.push(started);
    }
  }
  return bundles.map((bundle) => bundleOf(nodes, bundle)).sort((a, b) => a.position - b.position);
}

function bundleOf(nodes: ObservingNodes, values: readonly Value[]): Bundle {
  return {
    values,
    channels: values.map((value) => nodes.shapeOf(value)[1]!),
    position: Math.max(...values.map(nodes.positionOf)),
    joined: () =>
      nodes.once(`bundle ${values.map(({ name }) => name)}`, () => (values.length > 1 ? nodes.add("Concat", values, { axis: int(1) }) : values[0]!)),
  };
}

/** Only sizes that hold for every sample tell what can stand together. */
function isSmall(nodes: ObservingNodes, value: Value): boolean {
  const count = nodes.shapeOf(value).reduce((product, dimension) => product * dimension, 1);
  return count <= smallTensor && value.shape !== undefined && value.shape.slice(1).every((dimension) => typeof dimension === "number");
}
