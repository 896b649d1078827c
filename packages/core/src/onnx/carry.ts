import { create, type DescMessage, isFieldSet, type Message, type MessageShape } from "@bufbuild/protobuf";
import { AttributeProtoSchema, GraphProtoSchema, ModelProtoSchema, NodeProtoSchema, TensorProtoSchema, ValueInfoProtoSchema } from "onnx-buf";

/** A message of which nothing is understood here, but everything must be written back. */
interface Carrier<Schema extends DescMessage> {
  readonly schema: Schema;
  readonly fields: readonly (keyof MessageShape<Schema> & string)[];
}

const carrier = <Schema extends DescMessage>(schema: Schema, fields: Carrier<Schema>["fields"]): Carrier<Schema> => ({ schema, fields });

/** By message: the fields that the graph has no place for. Fields newer than this release are always among them. */
export const carriers = {
  model: carrier(ModelProtoSchema, ["domain", "modelVersion", "docString", "trainingInfo", "functions", "configuration"]),
  graph: carrier(GraphProtoSchema, ["docString", "quantizationAnnotation", "metadataProps"]),
  node: carrier(NodeProtoSchema, ["docString", "overload", "metadataProps", "deviceConfigurations"]),
  value: carrier(ValueInfoProtoSchema, ["docString", "metadataProps", "type"]),
  tensor: carrier(TensorProtoSchema, ["name", "docString", "metadataProps", "segment", "stringData"]),
  attribute: carrier(AttributeProtoSchema, ["docString"]),
} as const;

/** What must be written back of a message that was read; undefined when the graph holds all of it. */
export function keep<Schema extends DescMessage>(carrier: Carrier<Schema>, read: MessageShape<Schema>): MessageShape<Schema> | undefined {
  const { schema, fields } = carrier;
  const isPresent = fields.some((name) => isFieldSet(read, schema.field[name]!));
  return isPresent || read.$unknown ? carry(carrier, read) : undefined;
}

/** A new message that starts with what was kept. */
export function carry<Schema extends DescMessage>({ schema, fields }: Carrier<Schema>, kept: unknown): MessageShape<Schema> {
  const message = create(schema);
  const read = kept as MessageShape<Schema> | undefined;
  if ((read as Message | undefined)?.$typeName !== schema.typeName) return message;
  for (const field of fields) if (isFieldSet(read!, schema.field[field]!)) message[field] = read![field];
  if (read!.$unknown) message.$unknown = read!.$unknown;
  return message;
}
