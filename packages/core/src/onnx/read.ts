import { Graph, type Model } from "../ir/index.ts";
import type { ByteSource, ModelFiles } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { keep } from "./carry.ts";
import { checkWire } from "./check-wire.ts";
import { attachFiles, attachSources, locationsOf } from "./external.ts";
import { type NameNode, readGraph } from "./read-graph.ts";
import { recognize } from "./recognize.ts";
import { decode } from "./wire/decode.ts";
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from "./wire/messages.ts";

/** The newest operator set this release was tested with (ONNX Runtime 1.30 executes up to it). */
export const newestOpset = 26;
const newestIrVersion = 13;

/**
 * Reads a model. Weights stay views into the given bytes.
 *
 * @throws `invalid-model`, `unsupported-opset`, `external-data`.
 */
export function readModel(files: ModelFiles): Model {
  const proto = readProto(files.model);
  attachFiles(proto, files.external ?? new Map());
  return modelOf(proto);
}

/** As `readModel`, for side files that are too large for one buffer: only the ranges that tensors lie in are read. */
export async function readModelFrom(model: Uint8Array, sources: ReadonlyMap<string, ByteSource>): Promise<Model> {
  const proto = readProto(model);
  await attachSources(proto, sources);
  return modelOf(proto);
}

/**
 * The side files a model keeps weights in, as paths relative to its folder that never lead out of it.
 *
 * @throws `invalid-model`, `unsupported-opset`, `external-data`.
 */
export function sideFilesOf(model: Uint8Array): readonly string[] {
  return locationsOf(readProto(model));
}

function modelOf(proto: ModelProto): Model {
  const graph = readGraph(proto.graph!, new Graph(proto.graph!.name ?? ""), nodeNamer(proto.graph!));
  if (graph.outputs.length === 0) {
    throw new QuantError("invalid-model", `Graph ${graph.name} has no outputs, so that nothing it computes can be seen: export the model again.`);
  }
  orderAll(graph);
  return {
    irVersion: Number(proto.irVersion),
    opsets: opsetsOf(proto),
    producerName: proto.producerName ?? "",
    producerVersion: proto.producerVersion ?? "",
    metadata: new Map(proto.metadataProps.map((entry) => [entry.key ?? "", entry.value ?? ""])),
    graph,
    origin: keep(proto, ["trainingInfo", "functions"]),
  };
}

function readProto(bytes: Uint8Array): ModelProto {
  const other = recognize(bytes);
  try {
    checkWire(bytes);
  } catch (error) {
    if (other) throw notOnnx(bytes, `is ${other.what}: ${other.advice}`, error);
    throw error;
  }
  const proto = decode("ModelProto", bytes);
  const { irVersion = 0n } = proto;
  if (!proto.graph || (proto.opsetImport.length === 0 && irVersion > 2n) || irVersion === 0n) {
    throw notOnnx(bytes, other ? `is ${other.what}: ${other.advice}` : "holds no ONNX graph: it is cut off, or another kind of file");
  }
  checkVersions(proto);
  return proto;
}

function notOnnx(bytes: Uint8Array, what: string, cause?: unknown): QuantError {
  return new QuantError("invalid-model", `The model file (${bytes.byteLength} bytes) ${what}.`, { details: { bytes: bytes.byteLength }, cause });
}

function opsetsOf(proto: ModelProto): Map<string, number> {
  return new Map(proto.opsetImport.map(({ domain = "", version = 0n }) => [domain === "ai.onnx" ? "" : domain, Number(version)]));
}

function checkVersions(proto: ModelProto): void {
  const opset = opsetsOf(proto).get("") ?? 1;
  if (opset > newestOpset) {
    throw new QuantError("unsupported-opset", `The model uses operator set ${opset}; this release reads up to ${newestOpset}. Export it with an older opset.`, {
      details: { opset, newest: newestOpset },
    });
  }
  if (opset < 1) throw new QuantError("invalid-model", `The model names operator set ${opset}, which does not exist: export it again.`, { details: { opset } });
  const irVersion = Number(proto.irVersion);
  if (irVersion > newestIrVersion || irVersion < 1) {
    throw new QuantError(
      "unsupported-opset",
      `The model is written in ONNX IR version ${irVersion}; this release reads 1 to ${newestIrVersion}. Export it with an older ONNX release.`,
      { details: { irVersion, newest: newestIrVersion } },
    );
  }
}

/** Names that the file gives are kept: a node without one gets its operator's and a number that no other node of the model has. */
function nodeNamer(graph: GraphProto): NameNode {
  const given = new Set(namesIn(graph));
  const next = new Map<string, number>();
  return (base) => {
    for (let number = next.get(base) ?? 0; ; number++) {
      const name = number === 0 ? base : `${base}_${number}`;
      if (given.has(name)) continue;
      next.set(base, number + 1);
      return name;
    }
  };
}

function namesIn(graph: GraphProto): string[] {
  const inAttribute = (attribute: AttributeProto): string[] => [...(attribute.g ? namesIn(attribute.g) : []), ...attribute.graphs.flatMap(namesIn)];
  return graph.node.flatMap((node: NodeProto) => [node.name ?? "", ...node.attribute.flatMap(inAttribute)]);
}

/** Ordering throws on a cycle. */
function orderAll(graph: Graph): void {
  for (const node of graph.nodes) node.subgraphs.forEach(orderAll);
}
