import { create, toBinary } from "@bufbuild/protobuf";
import { TensorProto_DataLocation as Location, ModelProtoSchema, OperatorSetIdProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";
import type { Model } from "../ir/index.ts";
import type { ModelFiles } from "../spec/index.ts";
import { carry, type PlaceTensor, writeGraph } from "./write-graph.ts";

export interface WriteOptions {
  /** Move tensors of at least this many bytes into side files. Default: only when the model would not fit into 2 GB. */
  readonly externalFrom?: number;
  /** Name of the side files; a number is added from the second on. Default `model.onnx.data`. */
  readonly externalName?: string;
}

const largestMessage = 2_000_000_000;
/** Side files are cut here, so that each fits into one buffer everywhere. */
const largestSideFile = 1_000_000_000;
/** Memory-mapping wants tensors on page boundaries. */
const alignment = 4096;

/** Writes a model; weights are referenced until the message is encoded, and side files are joined one by one. */
export function writeModel(model: Model, options: WriteOptions = {}): ModelFiles {
  const externalFrom = options.externalFrom ?? (bytesOfWeights(model) > largestMessage ? 1024 : Number.POSITIVE_INFINITY);
  const side = createSideFiles(options.externalName ?? "model.onnx.data", externalFrom);
  const proto = carry(ModelProtoSchema, model.origin, ["domain", "modelVersion", "docString", "trainingInfo", "functions", "configuration"]);
  proto.irVersion = BigInt(model.irVersion);
  proto.producerName = model.producerName;
  proto.producerVersion = model.producerVersion;
  proto.opsetImport = [...model.opsets].map(([domain, version]) => create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }));
  proto.metadataProps = [...model.metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  proto.graph = writeGraph(model.graph, side.place);
  const external = side.files();
  const bytes = toBinary(ModelProtoSchema, proto);
  return external.size > 0 ? { model: bytes, external } : { model: bytes };
}

function bytesOfWeights(model: Model): number {
  return model.graph.initializers.reduce((sum, value) => sum + value.content!.bytes.byteLength, 0);
}

function createSideFiles(name: string, from: number): { readonly place: PlaceTensor; files(): Map<string, Uint8Array> } {
  const parts = new Map<string, { readonly offset: number; readonly bytes: Uint8Array }[]>();
  const sizes = new Map<string, number>();
  let location = name;
  return {
    place: (proto, content) => {
      const bytes = content.bytes;
      if (bytes.byteLength < from) {
        proto.rawData = bytes as Uint8Array<ArrayBuffer>;
        return;
      }
      let offset = Math.ceil((sizes.get(location) ?? 0) / alignment) * alignment;
      if (offset > 0 && offset + bytes.byteLength > largestSideFile) {
        location = `${name}.${sizes.size}`;
        offset = 0;
      }
      sizes.set(location, offset + bytes.byteLength);
      parts.set(location, [...(parts.get(location) ?? []), { offset, bytes }]);
      proto.dataLocation = Location.EXTERNAL;
      const entries = { location, offset: String(offset), length: String(bytes.byteLength) };
      proto.externalData = Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
    },
    files: () =>
      new Map(
        [...parts].map(([file, pieces]) => {
          const buffer = new Uint8Array(sizes.get(file)!);
          for (const piece of pieces) buffer.set(piece.bytes, piece.offset);
          return [file, buffer];
        }),
      ),
  };
}
