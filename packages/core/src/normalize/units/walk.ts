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

/** `value` and what arithmetic makes of it above, as long as there is one reader at a time, nearest first. */
export function above(value: Value): readonly Value[] {
  const found = [value];
  for (let reader = onlyReader(value); reader && isArithmetic(reader) && found.length < maximumValues; reader = onlyReader(found.at(-1)!)) {
    found.push(reader.outputs[0]!);
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
