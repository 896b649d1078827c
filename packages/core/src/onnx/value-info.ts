import { create } from "@bufbuild/protobuf";
import {
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
} from "onnx-buf";
import type { Value } from "../ir/index.ts";
import type { Dimension, Dtype } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { carriers, carry, keep } from "./carry.ts";
import { dataTypeOf, dtypeFrom } from "./dtype.ts";

interface TensorType {
  readonly dtype: Dtype | undefined;
  readonly shape: readonly Dimension[] | undefined;
}

/** Gives a value its type. An initializer keeps that of its content. */
export function readValueInfo(info: ValueInfoProto, value: Value): void {
  const type = tensorTypeOf(info.type, value.name);
  value.origin = keep(carriers.value, info) ?? value.origin;
  if (!type || value.content) return;
  value.dtype = type.dtype ?? value.dtype;
  value.shape = type.shape ?? value.shape;
}

/** A type that nobody changed is written as it was read, with its denotations and all that is newer than this release. */
export function writeValueInfo(value: Value): ValueInfoProto {
  const proto = carry(carriers.value, value.origin);
  proto.name = value.name;
  if (!value.dtype || isUnchanged(proto.type, value)) return proto;
  const dim = value.shape?.map((dimension) => {
    if (typeof dimension === "number") return create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dimension) } });
    return create(TensorShapeProto_DimensionSchema, dimension === "" ? {} : { value: { case: "dimParam", value: dimension } });
  });
  const shape = dim && { shape: create(TensorShapeProtoSchema, { dim }) };
  const tensorType = create(TypeProto_TensorSchema, { elemType: dataTypeOf(value.dtype), ...shape });
  proto.type = create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType }, denotation: proto.type?.denotation ?? "" });
  return proto;
}

/** Sequences, optionals and maps have no place in the graph: they never change. */
function isUnchanged(type: TypeProto | undefined, value: Value): boolean {
  if (!type?.value.case) return false;
  const read = tensorTypeOf(type, value.name);
  if (!read) return true;
  const isSameShape = read.shape?.length === value.shape?.length && (read.shape ?? []).every((dimension, index) => dimension === value.shape![index]);
  return read.dtype === value.dtype && isSameShape;
}

function tensorTypeOf(type: TypeProto | undefined, name: string): TensorType | undefined {
  if (type?.value.case !== "tensorType") return undefined;
  const { elemType, shape } = type.value.value;
  return {
    dtype: elemType === 0 ? undefined : dtypeFrom(elemType, `Value ${name}`),
    shape: shape?.dim.map(({ value }) => {
      if (value.case === "dimParam") return value.value;
      // Exporters write -1 for a dimension that is not known.
      return value.case === "dimValue" && value.value >= 0n ? sizeOf(value.value, name) : "";
    }),
  };
}

function sizeOf(dimension: bigint, name: string): number {
  if (dimension <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(dimension);
  throw new QuantError("invalid-model", `Value ${name} has dimension ${dimension}, which no tensor can have: export the model again.`, {
    details: { value: name },
  });
}
