/**
 * What a model needs of WebAssembly's memory, from its file alone.
 *
 * Opening: the file is copied into the runtime's memory, then its weights are unpacked, and packed once more for the
 * kernels: file + 2 x weights. A run: two times the weights, what is fed, and the largest sum of activations that live
 * at the same moment, where each lives from its node to its last reader. Sizes that the file does not say, even when
 * its symbols are known from the feeds, are left out: both answers are lower bounds.
 */
import { bitsPerElement, elementCount, type Graph, type ModelFiles, readModel, type Session, type Tensors, type TensorType, type Value } from "@halftone/core";

export interface MemoryNeeds {
  readonly opening: number;
  /** `describe` fills in what the runtime inferred of outputs. */
  running(feeds: Tensors, describe?: Session["describe"]): number;
}

type Symbols = ReadonlyMap<string, number>;
type Described = { readonly [Key in keyof TensorType]: TensorType[Key] | undefined };

/** @throws `invalid-model` and the like, as `readModel` does. */
export function memoryNeeds(files: ModelFiles): MemoryNeeds {
  const { graph } = readModel(files);
  const weights = sum(graph.initializers.map((value) => value.content!.bytes.byteLength));
  return {
    opening: files.model.byteLength + 2 * weights,
    running(feeds, describe = () => undefined) {
      const symbols = symbolsOf(graph, feeds);
      const fed = sum(Object.values(feeds).map((tensor) => bytesOf(tensor, symbols)));
      return 2 * weights + fed + peakOf(graph, (value) => bytesOf(value.shape ? value : (describe(value.name) ?? value), symbols));
    },
  };
}

function symbolsOf(graph: Graph, feeds: Tensors): Symbols {
  const symbols = new Map<string, number>();
  for (const { name, shape } of graph.inputs) {
    shape?.forEach((dimension, axis) => {
      const size = feeds[name]?.shape[axis];
      if (typeof dimension === "string" && dimension !== "" && size !== undefined) symbols.set(dimension, size);
    });
  }
  return symbols;
}

function peakOf(graph: Graph, sizeOf: (value: Value) => number): number {
  const order = new Map(graph.nodes.map((node, index) => [node, index]));
  const leaving = new Map<number, number>();
  let live = 0;
  let peak = 0;
  graph.nodes.forEach((node, index) => {
    for (const value of node.outputs) {
      if (!value) continue;
      const bytes = sizeOf(value);
      const last = value.isOutput ? graph.nodes.length : Math.max(index, ...value.consumers.map((use) => order.get(use.node) ?? graph.nodes.length));
      live += bytes;
      leaving.set(last, (leaving.get(last) ?? 0) + bytes);
    }
    peak = Math.max(peak, live);
    live -= leaving.get(index) ?? 0;
  });
  return peak;
}

function bytesOf({ dtype, shape }: Described, symbols: Symbols): number {
  if (!dtype || dtype === "string" || !shape) return 0;
  const sizes = shape.map((dimension) => (typeof dimension === "number" ? dimension : symbols.get(dimension)));
  return sizes.every((size) => size !== undefined) ? Math.ceil((elementCount(sizes) * bitsPerElement[dtype]) / 8) : 0;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
