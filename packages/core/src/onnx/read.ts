import { fromBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { Graph, type Model } from "../ir/index.ts";
import type { ModelFiles } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { externalContentOf } from "./external.ts";
import { readGraph } from "./read-graph.ts";

/** The newest operator set this release was tested with (ONNX Runtime 1.30 executes up to it). */
export const newestOpset = 26;

/**
 * Reads a model. Weights stay views into the given bytes.
 *
 * @throws `invalid-model`, `unsupported-opset`, `external-data`.
 */
export function readModel(files: ModelFiles): Model {
  const proto = decode(files.model);
  const opsets = new Map(proto.opsetImport.map((entry) => [entry.domain === "ai.onnx" ? "" : entry.domain, Number(entry.version)]));
  checkOpset(opsets.get(""));
  const external = externalContentOf(proto, files.external ?? new Map());
  const graph = readGraph(proto.graph!, new Graph(proto.graph!.name), external);
  void graph.nodes; // orders the graph, which throws on a cycle
  return {
    irVersion: Number(proto.irVersion),
    opsets,
    producerName: proto.producerName,
    producerVersion: proto.producerVersion,
    metadata: new Map(proto.metadataProps.map((entry) => [entry.key, entry.value])),
    graph,
    origin: proto,
  };
}

function decode(bytes: Uint8Array): ModelProto {
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new QuantError("invalid-model", `The ${bytes.byteLength} bytes are not a complete ONNX model: it is cut off, or another kind of file.`, {
      details: { bytes: bytes.byteLength },
      cause,
    });
  }
  if (!proto.graph || (proto.opsetImport.length === 0 && proto.irVersion > 2n) || proto.irVersion === 0n) {
    throw new QuantError("invalid-model", `The ${bytes.byteLength} bytes hold no ONNX graph: check that the file is an .onnx model.`, {
      details: { bytes: bytes.byteLength },
    });
  }
  return proto;
}

function checkOpset(opset: number | undefined): void {
  if (opset !== undefined && opset > newestOpset) {
    throw new QuantError("unsupported-opset", `The model uses operator set ${opset}; this release reads up to ${newestOpset}. Export it with an older opset.`, {
      details: { opset, newest: newestOpset },
    });
  }
}
