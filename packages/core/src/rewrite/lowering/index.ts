/** How one encoding becomes operators of ONNX. A kind that no product can read directly brings its own small subgraph. */
import type { Graph, Use, Value } from "../../ir/index.ts";
import type { Encoding } from "../../spec/index.ts";
import type { EncodingConstants } from "../encoding-constants.ts";
import { lowerAffine } from "./affine.ts";
import { lowerLog } from "./log.ts";
import { lowerTwin } from "./twin.ts";

/**
 * Makes `readers` read `source` as `encoding` stores it. `source` is float32 and stays as it is; every reader is an input of a product
 * (Conv, MatMul, Gemm). Of a twin, the product that is in the graph reads the low branch and keeps its bias, which may be int32 in that
 * branch's steps; the product that is added for the high branch has none.
 */
export function lowerOperand(graph: Graph, source: Value, encoding: Encoding, readers: readonly Use[], constants: EncodingConstants): void {
  switch (encoding.kind) {
    case "affine":
      lowerAffine(graph, source, encoding, readers, constants);
      break;
    case "twin":
      lowerTwin(graph, source, encoding, readers, constants);
      break;
    case "log":
      lowerLog(graph, source, encoding, readers);
      break;
    default:
      encoding satisfies never;
  }
}
