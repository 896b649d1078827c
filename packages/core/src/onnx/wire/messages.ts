/**
 * The messages of ONNX, as far as this room reads them: by field its number, its kind and whether it is a list. Every
 * field that is missing here (documentation, properties, devices, types that are no tensor) is kept as the bytes it was
 * read as and written back in its place, as is every field newer than this release. Source: onnx.proto of ONNX 1.20.
 */
export type Scalar = "int32" | "int64" | "uint64" | "float" | "double" | "string" | "bytes";

/** `packed` is how the numbers of a list are written; both forms are read. */
export type Field = readonly [number: number, kind: Scalar | MessageName, list?: "list" | "packed"];

export const messages = {
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    producerVersion: [3, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto", "list"],
    metadataProps: [14, "StringStringEntryProto", "list"],
    trainingInfo: [20, "TrainingInfoProto", "list"],
    functions: [25, "FunctionProto", "list"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  TrainingInfoProto: { initialization: [1, "GraphProto"], algorithm: [2, "GraphProto"] },
  FunctionProto: { node: [7, "NodeProto", "list"], attributeProto: [11, "AttributeProto", "list"] },
  GraphProto: {
    node: [1, "NodeProto", "list"],
    name: [2, "string"],
    initializer: [5, "TensorProto", "list"],
    input: [11, "ValueInfoProto", "list"],
    output: [12, "ValueInfoProto", "list"],
    valueInfo: [13, "ValueInfoProto", "list"],
    sparseInitializer: [15, "SparseTensorProto", "list"],
  },
  NodeProto: {
    input: [1, "string", "list"],
    output: [2, "string", "list"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto", "list"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "TensorProto"],
    g: [6, "GraphProto"],
    floats: [7, "float", "list"],
    ints: [8, "int64", "list"],
    strings: [9, "bytes", "list"],
    tensors: [10, "TensorProto", "list"],
    graphs: [11, "GraphProto", "list"],
    type: [20, "int32"],
    refAttrName: [21, "string"],
    sparseTensor: [22, "SparseTensorProto"],
    sparseTensors: [23, "SparseTensorProto", "list"],
  },
  TensorProto: {
    dims: [1, "int64", "list"],
    dataType: [2, "int32"],
    floatData: [4, "float", "packed"],
    int32Data: [5, "int32", "packed"],
    stringData: [6, "bytes", "list"],
    int64Data: [7, "int64", "packed"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    doubleData: [10, "double", "packed"],
    uint64Data: [11, "uint64", "packed"],
    externalData: [13, "StringStringEntryProto", "list"],
    dataLocation: [14, "int32"],
  },
  SparseTensorProto: { values: [1, "TensorProto"], indices: [2, "TensorProto"] },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensorType: [1, "TypeProto.Tensor"], denotation: [6, "string"] },
  "TypeProto.Tensor": { elemType: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "TensorShapeProto.Dimension", "list"] },
  "TensorShapeProto.Dimension": { dimValue: [1, "int64"], dimParam: [2, "string"] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [number, string, ("list" | "packed")?]>>>>;

export type MessageName = keyof typeof messages;

interface Content {
  int32: number;
  int64: bigint;
  uint64: bigint;
  float: number;
  double: number;
  string: string;
  bytes: Uint8Array;
}

type ContentOf<Kind> = Kind extends Scalar ? Content[Kind] : Kind extends MessageName ? Message<Kind> : never;
type ListsOf<Fields> = { [Name in keyof Fields]: Fields[Name] extends readonly [number, string, string] ? Name : never }[keyof Fields];

/** Lists are empty and single fields absent where the file has none: a field that is set to its default is written back. */
export type Message<Name extends MessageName> = {
  readonly $name: Name;
  /** Fields that are not read, in the order of the file. */
  $unread?: Unread[];
} & { [Key in ListsOf<(typeof messages)[Name]>]: ContentOf<Second<(typeof messages)[Name][Key]>>[] } & {
  [Key in Exclude<keyof (typeof messages)[Name], ListsOf<(typeof messages)[Name]>>]?: ContentOf<Second<(typeof messages)[Name][Key]>> | undefined;
};

type Second<Value> = Value extends readonly [unknown, infer Kind, ...unknown[]] ? Kind : never;

/** A field as it stands in the file, with its tag. */
export interface Unread {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export type ModelProto = Message<"ModelProto">;
export type FunctionProto = Message<"FunctionProto">;
export type GraphProto = Message<"GraphProto">;
export type NodeProto = Message<"NodeProto">;
export type AttributeProto = Message<"AttributeProto">;
export type TensorProto = Message<"TensorProto">;
export type SparseTensorProto = Message<"SparseTensorProto">;
export type ValueInfoProto = Message<"ValueInfoProto">;
export type TypeProto = Message<"TypeProto">;

/** A new message with empty lists. */
export function create<Name extends MessageName>(name: Name, content: Partial<Message<Name>> = {}): Message<Name> {
  const fields: Readonly<Record<string, Field>> = messages[name];
  const message: Record<string, unknown> = { $name: name };
  for (const key in fields) if (fields[key]![2]) message[key] = [];
  return Object.assign(message, content) as unknown as Message<Name>;
}
