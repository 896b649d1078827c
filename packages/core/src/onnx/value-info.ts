import type { Value } from "../ir/index.ts";
import type { Dimension, Dtype } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { carry, keep } from "./carry.ts";
import { dataTypeOf, dtypeFrom } from "./dtype.ts";
import { create, type TypeProto, type ValueInfoProto } from "./wire/messages.ts";

interface TensorType {
  readonly dtype: Dtype | undefined;
  readonly shape: readonly Dimension[] | undefined;
}

/** Gives a value its type. An initializer keeps that of its content. */
export function readValueInfo(info: ValueInfoProto, value: Value): void {
  const type = tensorTypeOf(info.type, value.name);
  value.origin = keep(info, ["type"]) ?? value.origin;
  if (!type || value.content) return;
  value.dtype = type.dtype ?? value.dtype;
  value.shape = type.shape ?? value.shape;
}

/** A type that nobody changed is written as it was read, with its denotations and all that is newer than this release. */
export function writeValueInfo(value: Value): ValueInfoProto {
  const proto = carry("ValueInfoProto", value.origin);
  proto.name = value.name;
  if (!value.dtype || isUnchanged(proto.type, value)) return proto;
  const dim = value.shape?.map((dimension) => {
    if (typeof dimension === "number") return create("TensorShapeProto.Dimension", { dimValue: BigInt(dimension) });
    return create("TensorShapeProto.Dimension", dimension === "" ? {} : { dimParam: dimension });
  });
  const shape = dim && { shape: create("TensorShapeProto", { dim }) };
  const tensorType = create("TypeProto.Tensor", { elemType: dataTypeOf(value.dtype), ...shape });
  proto.type = create("TypeProto", { tensorType, denotation: proto.type?.denotation });
  return proto;
}

/** Sequences, optionals and maps, which are not read, have no place in the graph: they never change. */
function isUnchanged(type: TypeProto | undefined, value: Value): boolean {
  const read = tensorTypeOf(type, value.name);
  if (!read) return type?.$unread !== undefined;
  const isSameShape = read.shape?.length === value.shape?.length && (read.shape ?? []).every((dimension, index) => dimension === value.shape![index]);
  return read.dtype === value.dtype && isSameShape;
}

function tensorTypeOf(type: TypeProto | undefined, name: string): TensorType | undefined {
  if (!type?.tensorType) return undefined;
  const { elemType = 0, shape } = type.tensorType;
  return {
    dtype: elemType === 0 ? undefined : dtypeFrom(elemType, `Value ${name}`),
    shape: shape?.dim.map(({ dimValue, dimParam }) => {
      if (dimParam !== undefined) return dimParam;
      // Exporters write -1 for a dimension that is not known.
      return dimValue !== undefined && dimValue >= 0n ? sizeOf(dimValue, name) : "";
    }),
  };
}

function sizeOf(dimension: bigint, name: string): number {
  if (dimension <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(dimension);
  throw new QuantError("invalid-model", `Value ${name} has dimension ${dimension}, which no tensor can have: export the model again.`, {
    details: { value: name },
  });
}
