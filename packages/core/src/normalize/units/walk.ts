import type { Node, Value } from "../../ir/index.ts";
import { isArithmetic } from "./polynomial.ts";

const maximumValues = 16;

/** `value` and the variable values below it that arithmetic leads to, nearest first. */
export function below(value: Value): readonly Value[] {
  const found = [value];
  for (const current of found) {
    if (found.length >= maximumValues) break;
    const node = current.producer;
    if (!node || !isArithmetic(node)) continue;
    for (const input of node.inputs) if (input && !input.content && !found.includes(input)) found.push(input);
  }
  return found;
}

/** `value` and what arithmetic makes of it above, nearest first. */
export function above(value: Value): readonly Value[] {
  const found = [value];
  for (const current of found) {
    for (const { node } of current.consumers) {
      const output = isArithmetic(node) && node.graph === value.graph ? node.outputs[0] : undefined;
      if (output && found.length < maximumValues && !found.includes(output)) found.push(output);
    }
  }
  return found;
}

/** The one node that reads a value nobody else sees; it may read it several times. */
export function onlyReader(value: Value): Node | undefined {
  const reader = value.consumers[0]?.node;
  return reader && !value.isOutput && reader.graph === value.graph && value.consumers.every((use) => use.node === reader) ? reader : undefined;
}

/** Whether `node` is that operator of the standard set. */
export function isOp(node: Node | undefined, ...ops: readonly string[]): node is Node {
  return node !== undefined && node.domain === "" && ops.includes(node.op);
}
