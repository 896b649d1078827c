import { type PackCard, parsePackCard } from "@halftone/mobile";
import { Asset } from "expo-asset";
import { File } from "expo-file-system";
import floatCard from "../assets/float/card.json";
import int8Card from "../assets/int8/card.json";

/** A packed model: its card, and its files by style, read when they are asked for. */
export interface PackedModel {
  readonly card: PackCard;
  readonly read: Readonly<Record<"runtime" | "fixed", () => Promise<Uint8Array>>>;
}

export function packedModels(): { readonly float: PackedModel; readonly int8: PackedModel } {
  return {
    float: {
      card: parsePackCard(JSON.stringify(floatCard)),
      read: {
        runtime: () => bytesOf(require("../assets/float/direction.with_runtime_opt.ort")),
        fixed: () => bytesOf(require("../assets/float/direction.ort")),
      },
    },
    int8: {
      card: parsePackCard(JSON.stringify(int8Card)),
      read: {
        runtime: () => bytesOf(require("../assets/int8/direction.int8.with_runtime_opt.ort")),
        fixed: () => bytesOf(require("../assets/int8/direction.int8.ort")),
      },
    },
  };
}

/** The float model that the others were made of, for quantizing here. */
export const originalModel = () => bytesOf(require("../assets/direction.onnx"));

export const sampleBytes = () => bytesOf(require("../assets/samples.bin"));

async function bytesOf(module: number): Promise<Uint8Array> {
  const asset = await Asset.fromModule(module).downloadAsync();
  return new File(asset.localUri ?? asset.uri).bytes();
}
