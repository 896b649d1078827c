import { type Attribute, type Constant, constantFromTensor, type Model, type Node } from "../ir/index.ts";
import { makeConstant } from "./edit.ts";
import { accepted, applyRules, type Refusal, type Rule, refused } from "./rule.ts";

export interface ConstantsReport {
  /** How many Constant nodes became initializers. */
  readonly moved: number;
  /** Graph inputs that only gave an initializer a second name, and are gone. */
  readonly droppedInputs: readonly string[];
  readonly refusals: readonly Refusal[];
}

/** Leaves one form of constant for everything after: an initializer that no input can override. */
export function constantsToInitializers(model: Model): ConstantsReport {
  const { applied, refusals } = applyRules(model, [constantToInitializer]);
  return { moved: applied[constantToInitializer.name]!, droppedInputs: dropInitializedInputs(model), refusals };
}

export const constantToInitializer: Rule<Node> = {
  name: "constant-to-initializer",
  scope: "every-graph",
  match: (node) => (isConstant(node) && node.outputs[0] ? node : undefined),
  check: (node) => {
    if (constantContent(node)) return accepted;
    return refused(`its ${[...node.attributes.keys()].join(", ") || "missing value"} has no dense initializer form`);
  },
  rewrite: (node) => {
    makeConstant(node.outputs[0]!, constantContent(node)!);
  },
};

/** What a Constant node holds; undefined for other nodes, and for a sparse constant. */
export function constantContent(node: Node): Constant | undefined {
  if (!isConstant(node)) return undefined;
  for (const [name, attribute] of node.attributes) if (name.startsWith("value")) return contentOf(attribute);
  return undefined;
}

function isConstant(node: Node): boolean {
  return node.op === "Constant" && node.domain === "";
}

function contentOf(attribute: Attribute): Constant | undefined {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  switch (attribute.kind) {
    case "tensor":
      return attribute.value;
    case "float":
      return constantFromTensor({ dtype: "float32", shape: [], data: Float32Array.of(attribute.value) });
    case "floats":
      return constantFromTensor({ dtype: "float32", shape: [attribute.value.length], data: Float32Array.from(attribute.value) });
    case "int":
      return constantFromTensor({ dtype: "int64", shape: [], data: BigInt64Array.of(attribute.value) });
    case "ints":
      return constantFromTensor({ dtype: "int64", shape: [attribute.value.length], data: BigInt64Array.from(attribute.value) });
    case "string":
      return constantFromTensor({ dtype: "string", shape: [], data: [text(attribute.value)] });
    case "strings":
      return constantFromTensor({ dtype: "string", shape: [attribute.value.length], data: attribute.value.map(text) });
    case "graph":
    case "graphs":
    case "opaque":
      return undefined;
    default:
      return attribute satisfies never;
  }
}

/** Before IR version 4 every initializer had to be listed as an input; since then a listed one may be overridden, which no quantized weight survives. */
function dropInitializedInputs(model: Model): readonly string[] {
  const initialized = model.graph.inputs.filter((input) => input.content);
  for (const input of initialized) model.graph.removeInput(input);
  return initialized.map((input) => input.name);
}
