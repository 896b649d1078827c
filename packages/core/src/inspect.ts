/** What a model is, and what quantization would do to it, before any data is seen. */
import { type Constant, elementCount, type Graph, type Model } from "./ir/index.ts";
import { findUnits, normalize } from "./normalize/index.ts";
import { readModel } from "./onnx/index.ts";
import { place, resolveConfig } from "./placement/index.ts";
import type { Backend, Dimension, Dtype, ErrorCode, ModelFiles, NodeDecision, QuantConfigInput, RunOptions, Structure, Target } from "./spec/index.ts";
import { QuantError } from "./spec/index.ts";
import { createStages } from "./stages.ts";
import { recognizeStructure } from "./structure/index.ts";
import { sizeOf } from "./verify/index.ts";

export interface InspectOptions extends RunOptions {
  readonly model: ModelFiles;
  readonly backend: Backend;
  readonly target: Target;
  readonly config?: QuantConfigInput;
}

export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype | undefined;
  readonly shape: readonly Dimension[] | undefined;
}

export interface ModelInspection {
  readonly bytes: number;
  readonly irVersion: number;
  /** By domain; the standard one is the empty string. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** How many nodes of each operator, subgraphs included, the most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  /** Initializers and the tensors of Constant nodes. */
  readonly weights: { readonly tensors: number; readonly elements: number; readonly bytes: number };
  /** Or why the model cannot be quantized. */
  readonly outlook: Outlook | { readonly code: ErrorCode; readonly obstacle: string };
}

/** Decisions for the normalized graph; numbers from data can still take a node back to float. */
export interface Outlook {
  readonly quantized: number;
  readonly total: number;
  readonly decisions: Readonly<Record<string, NodeDecision>>;
  /** How many nodes of each operator the normalized graph has. */
  readonly operators: Readonly<Record<string, number>>;
  /** Operators that stay written as several nodes, and are recognised, by kind. */
  readonly units: Readonly<Record<string, number>>;
  /** What the normalized graph is made of. */
  readonly structure: Structure;
}

/** @throws `invalid-model`, `unsupported-opset` (newer than this release), `external-data`, `invalid-config`, `aborted`. */
export async function inspect(options: InspectOptions): Promise<ModelInspection> {
  const stages = createStages(options);
  const model = await stages.run("read", () => readModel(options.model));
  const described = describeModel(model, options.model);
  return { ...described, outlook: await stages.run("normalize", () => outlookOf(model, options)) };
}

function describeModel({ graph, ...model }: Model, files: ModelFiles): Omit<ModelInspection, "outlook"> {
  const weights = weightsOf(graph);
  return {
    bytes: sizeOf(files),
    irVersion: model.irVersion,
    opsets: Object.fromEntries(model.opsets),
    producer: [model.producerName, model.producerVersion].filter((part) => part !== "").join(" "),
    inputs: graph.inputs.filter((value) => value.content === undefined).map(infoOf),
    outputs: graph.outputs.map(infoOf),
    operators: operatorsOf(graph),
    weights: {
      tensors: weights.length,
      elements: weights.reduce((sum, { shape }) => sum + elementCount(shape), 0),
      bytes: weights.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    },
  };
}

async function outlookOf(model: Model, { backend, target, config, signal }: InspectOptions): Promise<ModelInspection["outlook"]> {
  const resolved = resolveConfig(config, target);
  try {
    const { units } = await normalize(model, { backend, ...(signal && { signal }) });
    const { nodes } = place(model.graph, units, target, resolved);
    const decisions = Object.values(nodes);
    return {
      quantized: decisions.filter((decision) => !("reason" in decision)).length,
      total: decisions.length,
      decisions: nodes,
      operators: operatorsOf(model.graph),
      units: countBy(findUnits(model.graph).map(({ kind }) => kind)),
      structure: recognizeStructure(model.graph, units),
    };
  } catch (error) {
    if (!QuantError.is(error) || error.code === "aborted" || error.code === "internal") throw error;
    return { code: error.code, obstacle: error.message };
  }
}

function infoOf({ name, dtype, shape }: TensorInfo): TensorInfo {
  return { name, dtype, shape };
}

function operatorsOf(graph: Graph): Readonly<Record<string, number>> {
  return countBy(nodesOf(graph).map((node) => (node.domain === "" ? node.op : `${node.domain}.${node.op}`)));
}

function nodesOf(graph: Graph): readonly Graph["nodes"][number][] {
  return graph.unordered.flatMap((node) => [node, ...node.subgraphs.flatMap(nodesOf)]);
}

function weightsOf(graph: Graph): readonly Constant[] {
  const attributes = graph.unordered.flatMap((node) => [...node.attributes.values()]);
  return [
    ...graph.initializers.map((value) => value.content!),
    ...attributes.flatMap((attribute) => (attribute.kind === "tensor" ? [attribute.value] : [])),
    ...graph.unordered.flatMap((node) => node.subgraphs.flatMap(weightsOf)),
  ];
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, left], [, right]) => right - left));
}
