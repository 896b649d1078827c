import type { Attribute, Graph, Model } from "../ir/index.ts";
import type { ModelFiles } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { carry } from "./carry.ts";
import { maximumModelBytes } from "./limits.ts";
import { createSideFiles } from "./side-files.ts";
import { encode } from "./wire/encode.ts";
import { create } from "./wire/messages.ts";
import { writeGraph } from "./write-graph.ts";

export interface WriteOptions {
  /** Move tensors of at least this many bytes into side files. Default: 1024 when the weights would not fit into 2 GB, else none. */
  readonly externalFrom?: number;
  /** Name of the side files; a number is added from the second on. Default `model.onnx.data`. */
  readonly externalName?: string;
}

/** Leaves room for everything that is no weight. */
const largestWeights = 2_000_000_000;

/**
 * Writes a model. Weights are referenced, not copied, until the message is encoded; each side file is joined when it
 * is taken from the map, so write one before taking the next.
 *
 * @throws `write-failed` when the model would be larger than 2 GB even so.
 */
export function writeModel(model: Model, options: WriteOptions = {}): ModelFiles {
  const externalFrom = options.externalFrom ?? (bytesOfWeights(model.graph) > largestWeights ? 1024 : Number.POSITIVE_INFINITY);
  const side = createSideFiles(options.externalName ?? "model.onnx.data", externalFrom);
  const proto = carry("ModelProto", model.origin);
  proto.irVersion = BigInt(model.irVersion);
  if (model.producerName !== "") proto.producerName = model.producerName;
  if (model.producerVersion !== "") proto.producerVersion = model.producerVersion;
  proto.opsetImport = [...model.opsets].map(([domain, version]) => create("OperatorSetIdProto", { domain, version: BigInt(version) }));
  proto.metadataProps = [...model.metadata].map(([key, value]) => create("StringStringEntryProto", { key, value }));
  proto.graph = writeGraph(model.graph, side.place);
  // Before encoding, which would take a multiple of that memory, and after it, for what is no weight.
  assertFits(side.inlineBytes);
  const bytes = encode(proto);
  assertFits(bytes.byteLength);
  return side.files.size > 0 ? { model: bytes, external: side.files } : { model: bytes };
}

function assertFits(bytes: number): void {
  if (bytes <= maximumModelBytes) return;
  throw new QuantError(
    "write-failed",
    `The model takes ${bytes} bytes, over the ${maximumModelBytes} of the format: write smaller tensors into side files too (externalFrom).`,
    { details: { bytes, limit: maximumModelBytes } },
  );
}

function bytesOfWeights(graph: Graph): number {
  const initializers = graph.initializers.map((value) => value.content!.bytes.byteLength);
  const attributes = graph.unordered.flatMap((node) => [...node.attributes.values()].map(bytesOfAttribute));
  return [...initializers, ...attributes].reduce((sum, bytes) => sum + bytes, 0);
}

function bytesOfAttribute(attribute: Attribute): number {
  switch (attribute.kind) {
    case "tensor":
      return attribute.value.bytes.byteLength;
    case "graph":
      return bytesOfWeights(attribute.value);
    case "graphs":
      return attribute.value.reduce((sum, graph) => sum + bytesOfWeights(graph), 0);
    default:
      return 0;
  }
}
