/**
 * Evaluates what depends on constants alone: all such nodes in one small model, on the runtime itself, so that the
 * results are the ones the runtime would compute.
 */
import { byteLength, type Constant, constantFromTensor, Graph, type Model, type Node, pruneDead, type Value } from "../ir/index.ts";
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

/** A result may be larger than the weights, as halves made floats are, but a few bytes must not grow into a file full of them. */
const alwaysKept = 1 << 20;
const largestGrowth = 4;

const random = new Set(["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial", "Dropout"]);

export async function foldConstants(model: Model, backend: Backend, signal?: AbortSignal): Promise<FoldReport> {
  const limit = largestResult(model.graph);
  const { foldable, tooLarge } = foldableNodes(model.graph, limit);
  const refusals = [...tooLarge].map(([node, bytes]) => refusalOf(node, `its result would take ${bytes} bytes in the file`));
  const results = frontierOf(foldable);
  if (results.length === 0) return { folded: 0, refusals };
  const evaluated = await evaluate(model, results, backend, signal);
  refusals.push(...evaluated.refusals);
  let folded = 0;
  for (const value of results) {
    const content = evaluated.contents.get(value);
    if (!content) continue;
    if (content.bytes.byteLength > limit) refusals.push(refusalOf(value.producer!, `its result would take ${content.bytes.byteLength} bytes in the file`));
    else {
      makeConstant(value, content);
      folded++;
    }
  }
  pruneDead(model.graph);
  return { folded, refusals };
}

function largestResult(graph: Graph): number {
  const largest = graph.initializers.reduce((most, value) => Math.max(most, value.content!.bytes.byteLength), 0);
  return Math.max(alwaysKept, largestGrowth * largest);
}

function foldableNodes(graph: Graph, limit: number): { readonly foldable: ReadonlySet<Node>; readonly tooLarge: ReadonlyMap<Node, number> } {
  const foldable = new Set<Node>();
  const tooLarge = new Map<Node, number>();
  for (const node of graph.nodes) {
    const deterministic = node.domain === "" && !random.has(node.op) && !/QuantizeLinear$|Sequence|Optional/i.test(node.op);
    const constant = node.inputs.every((input) => !input || input.content || (input.producer && foldable.has(input.producer)));
    if (!deterministic || !constant || node.inputs.length === 0 || node.subgraphs.length > 0) continue;
    const bytes = node.outputs.reduce((sum, output) => sum + (output ? inferredBytes(output) : 0), 0);
    if (bytes > limit) tooLarge.set(node, bytes);
    else foldable.add(node);
  }
  return { foldable, tooLarge };
}

/** As far as the inferred type tells. */
function inferredBytes({ dtype, shape }: Value): number {
  if (!dtype || dtype === "string" || !shape?.every((dimension) => typeof dimension === "number")) return 0;
  return byteLength(dtype, shape);
}

/** What the rest of the model reads of the foldable nodes. */
function frontierOf(foldable: ReadonlySet<Node>): readonly Value[] {
  const produced = [...foldable].flatMap((node) => node.outputs.filter((value) => value !== undefined));
  return produced.filter((value) => !value.isOutput && value.consumers.some((use) => !foldable.has(use.node)));
}

interface Evaluation {
  readonly contents: ReadonlyMap<Value, Constant>;
  readonly refusals: readonly Refusal[];
}

async function evaluate(model: Model, results: readonly Value[], backend: Backend, signal: AbortSignal | undefined): Promise<Evaluation> {
  try {
    const tensors = await run(model, results, backend, signal);
    return { contents: new Map(results.map((value) => [value, constantFromTensor(tensors[value.name]!)])), refusals: [] };
  } catch (cause) {
    if (!QuantError.is(cause, "backend-failed")) throw cause;
    const [first] = results;
    if (results.length === 1) return { contents: new Map(), refusals: [refusalOf(first!.producer!, `the runtime cannot evaluate it: ${cause.message}`)] };
    // One value that fails must not spoil the others.
    const half = results.length >> 1;
    const parts = [await evaluate(model, results.slice(0, half), backend, signal), await evaluate(model, results.slice(half), backend, signal)];
    return { contents: new Map(parts.flatMap((part) => [...part.contents])), refusals: parts.flatMap((part) => part.refusals) };
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

function refusalOf(node: Node, reason: string): Refusal {
  return { rule: ruleName, node: node.name, reason };
}
