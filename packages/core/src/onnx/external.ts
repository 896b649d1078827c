import { type AttributeProto, type GraphProto, TensorProto_DataLocation as Location, type ModelProto, type TensorProto } from "onnx-buf";
import { QuantError } from "../spec/index.ts";

/** Where a tensor lies in its side file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  /** Undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** Every tensor of the model that lies in a side file, subgraphs and attributes included. */
export function externalTensors(model: ModelProto): TensorProto[] {
  return model.graph ? tensorsOf(model.graph).filter((tensor) => tensor.dataLocation === Location.EXTERNAL) : [];
}

export function placeOf(tensor: TensorProto): ExternalPlace {
  const field = (key: string): string | undefined => tensor.externalData.find((entry) => entry.key === key)?.value;
  const location = field("location");
  const offset = Number(field("offset") ?? 0);
  const length = field("length") === undefined ? undefined : Number(field("length"));
  const whole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  if (!location || !isInsideFolder(location) || !whole(offset) || (length !== undefined && !whole(length))) {
    throw new QuantError(
      "external-data",
      `Tensor ${tensor.name} names side file "${location ?? ""}" (offset ${field("offset")}, length ${field("length")}); only files inside the model's folder are read.`,
      { details: { tensor: tensor.name, location: location ?? null } },
    );
  }
  return { location, offset, length };
}

/** A model is untrusted input: no absolute path, no drive, no step upward. */
function isInsideFolder(location: string): boolean {
  return !/^([/\\]|[a-zA-Z]:)/.test(location) && !location.split(/[/\\]/).includes("..") && !location.includes("\0");
}

/** Views into the side files, by tensor. */
export function externalContentOf(model: ModelProto, files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<TensorProto, Uint8Array> {
  return new Map(
    externalTensors(model).map((tensor) => {
      const { location, offset, length } = placeOf(tensor);
      const file = files.get(location);
      if (!file) {
        throw new QuantError("external-data", `Tensor ${tensor.name} lies in side file ${location}, which was not handed in.`, {
          details: { tensor: tensor.name, file: location },
        });
      }
      const end = length === undefined ? file.byteLength : offset + length;
      if (end > file.byteLength) {
        throw new QuantError(
          "external-data",
          `Tensor ${tensor.name} ends at byte ${end} of side file ${location}, which has ${file.byteLength}: it is cut off.`,
          {
            details: { tensor: tensor.name, file: location },
          },
        );
      }
      return [tensor, file.subarray(offset, end)];
    }),
  );
}

function tensorsOf(graph: GraphProto): TensorProto[] {
  return graph.initializer.concat(graph.node.flatMap((node) => node.attribute.flatMap(tensorsOfAttribute)));
}

function tensorsOfAttribute(attribute: AttributeProto): TensorProto[] {
  const graphs = attribute.g ? [attribute.g, ...attribute.graphs] : attribute.graphs;
  return [...(attribute.t ? [attribute.t] : []), ...attribute.tensors, ...graphs.flatMap(tensorsOf)];
}
