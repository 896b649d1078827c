/**
 * Evaluates what depends on constants alone: all such nodes in one small model, on the runtime itself, so that the
 * results are the ones the runtime would compute.
 */
import { type Constant, constantFromTensor, Graph, type Model, type Node, pruneDead, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { type Backend, QuantError, type Tensors } from "../spec/index.ts";
import { makeConstant } from "./edit.ts";
import type { Refusal } from "./rule.ts";

export interface FoldReport {
  /** How many values became initializers. */
  readonly folded: number;
  readonly refusals: readonly Refusal[];
}

const ruleName = "fold-constants";

/** A result may be larger than what it is computed from, as a half made float is, but not without bound. */
const alwaysKept = 1 << 20;
const largestGrowth = 4;

const random = new Set(["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial", "Dropout"]);

export async function foldConstants(model: Model, backend: Backend, signal?: AbortSignal): Promise<FoldReport> {
  const foldable = foldableNodes(model.graph);
  const results = frontierOf(foldable);
  if (results.length === 0) return { folded: 0, refusals: [] };
  const { tensors, refusals } = await evaluate(model, foldable, results, backend, signal);
  const limit = Math.max(alwaysKept, largestGrowth * bytesRead(foldable));
  let folded = 0;
  for (const value of results) {
    const tensor = Object.hasOwn(tensors, value.name) ? tensors[value.name] : undefined;
    if (!tensor) continue;
    const content = constantFromTensor(tensor);
    if (content.bytes.byteLength > limit) refusals.push(refusalOf(value, `its result would take ${content.bytes.byteLength} bytes in the file`));
    else {
      makeConstant(value, content);
      folded++;
    }
  }
  pruneDead(model.graph);
  return { folded, refusals };
}

/** In topological order. */
function foldableNodes(graph: Graph): ReadonlySet<Node> {
  const foldable = new Set<Node>();
  for (const node of graph.nodes) {
    const deterministic = node.domain === "" && !random.has(node.op) && !/QuantizeLinear|Sequence|Optional/.test(node.op);
    const constant = node.inputs.every((input) => !input || input.content || (input.producer && foldable.has(input.producer)));
    if (deterministic && constant && node.inputs.length > 0 && node.subgraphs.length === 0) foldable.add(node);
  }
  return foldable;
}

/** What the rest of the model reads of the foldable nodes. */
function frontierOf(foldable: ReadonlySet<Node>): readonly Value[] {
  const produced = [...foldable].flatMap((node) => node.outputs.filter((value) => value !== undefined));
  return produced.filter((value) => !value.isOutput && value.consumers.some((use) => !foldable.has(use.node)));
}

function bytesRead(foldable: ReadonlySet<Node>): number {
  const constants = new Set([...foldable].flatMap((node) => node.inputs.flatMap((input) => input?.content ?? [])));
  return [...constants].reduce((sum, content: Constant) => sum + content.bytes.byteLength, 0);
}

async function evaluate(
  model: Model,
  foldable: ReadonlySet<Node>,
  results: readonly Value[],
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<{ readonly tensors: Tensors; readonly refusals: Refusal[] }> {
  try {
    return { tensors: await run(model, results, backend, signal), refusals: [] };
  } catch (cause) {
    if (!QuantError.is(cause, "backend-failed")) throw cause;
    if (results.length === 1) return { tensors: {}, refusals: [refusalOf(results[0]!, `the runtime cannot evaluate it: ${cause.message}`)] };
    // One bad value must not spoil the others.
    const halves = [results.slice(0, results.length >> 1), results.slice(results.length >> 1)];
    const parts = [];
    for (const half of halves) parts.push(await evaluate(model, foldable, half, backend, signal));
    return { tensors: Object.assign({}, ...parts.map((part) => part.tensors)), refusals: parts.flatMap((part) => part.refusals) };
  }
}

async function run(model: Model, results: readonly Value[], backend: Backend, signal: AbortSignal | undefined): Promise<Tensors> {
  const session = await backend.open(writeModel(constantPart(model, results)), { optimization: "disabled" });
  try {
    return await session.run({}, { ...(signal && { signal }) });
  } finally {
    await session.dispose();
  }
}

/** A model without inputs that answers with the given values; only their names are declared, the runtime infers the types. */
function constantPart(model: Model, results: readonly Value[]): Model {
  const part: Model = { ...model, graph: new Graph("constants"), origin: undefined };
  const twins = new Map<Value, Value>();
  const needed = nodesBehind(results);
  for (const node of model.graph.nodes) {
    if (!needed.has(node)) continue;
    const inputs = node.inputs.map((input) => input && (twins.get(input) ?? copyOf(input)));
    const outputs = node.outputs.map((output) => output?.name ?? "");
    const twin = part.graph.addNode(node.op, inputs, { name: node.name, outputs, attributes: Object.fromEntries(node.attributes) });
    node.outputs.forEach((output, index) => {
      if (output) twins.set(output, twin.outputs[index]!);
    });
  }
  for (const value of results) part.graph.addOutput(twins.get(value)!);
  return part;

  function copyOf(constant: Value): Value {
    const twin = part.graph.addConstant(constant.name, constant.content!);
    twins.set(constant, twin);
    return twin;
  }
}

function nodesBehind(results: readonly Value[]): ReadonlySet<Node> {
  const nodes = new Set<Node>();
  const open = [...results];
  for (let value = open.pop(); value; value = open.pop()) {
    const node = value.producer;
    if (!node || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...node.inputs.filter((input) => input !== undefined));
  }
  return nodes;
}

function refusalOf(value: Value, reason: string): Refusal {
  return { rule: ruleName, node: value.producer!.name, reason };
}
