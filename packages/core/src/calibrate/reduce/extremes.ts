/**
 * Extremes inside the graph: next to each tensor, nodes that leave little more than the numbers that are wanted. Tensors in
 * blocked layout are pooled, others reduced; results of neighbours in the model are gathered into one output.
 */
import type { Value } from "../../ir/index.ts";
import { boundsOf } from "../../placement/index.ts";
import type { Tensor, Tensors } from "../../spec/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import { type Bundle, bundlesOf } from "./bundles.ts";
import { type Ends, sliceEnds, wholeEnd } from "./ends.ts";
import type { ExecutionOrder } from "./execution-order.ts";
import { gather, type ReadRows } from "./gather.ts";
import type { ObservingNodes } from "./observing-nodes.ts";
import { pooledEnd } from "./pooled-extremes.ts";
import { reducedEnd, reducedSliceEnds } from "./reduced-extremes.ts";

export type ReadTensor = (outputs: Tensors) => Tensor;

/** One end of a tensor; `rows` are known once it was built. */
interface End extends Ends {
  readonly value: Value;
  rows: ReadRows;
}

/** What is built at one place of the model: `gathered` neighbours share an output. */
interface Piece {
  readonly position: number;
  readonly gathered: "pooled" | "reduced" | "alone";
  readonly ends: readonly End[];
  build(): readonly Value[];
  readonly lengths: readonly number[];
}

export function extremesInGraph(nodes: ObservingNodes, order: ExecutionOrder) {
  const isBlocked = blockedLayout(nodes.shapeOf);
  const ends = new Map<string, End>();
  const pooled = new Map<Value, End[]>();
  const others: Piece[] = [];

  const ask = (side: Ends["side"], value: Value, axis: number | undefined): End => {
    const pools = isBlocked(value) && (axis === undefined || axis === 1);
    const key = `${side} ${pools ? "pooled" : axis} ${value.name}`;
    const known = ends.get(key);
    if (known) return known;
    const end: End = { side, value, negated: pools && side === "min", rows: () => [] };
    ends.set(key, end);
    if (pools) pooled.set(value, [...(pooled.get(value) ?? []), end]);
    else others.push(axis === undefined ? reducedPiece(end) : slicedPiece(end, axis));
    return end;
  };

  const place = (end: End) => ({ position: nodes.positionOf(end.value), ends: [end], lengths: [1] });
  const reducedPiece = (end: End): Piece => ({ ...place(end), gathered: "reduced", build: () => [reducedEnd(nodes, end.side, nodes.float(end.value))] });
  const slicedPiece = (end: End, axis: number): Piece => ({
    ...place(end),
    gathered: "alone",
    build: () => [reducedSliceEnds(nodes, end.side, nodes.float(end.value), axis)],
  });
  const pooledPiece = (bundle: Bundle): Piece => {
    const sides = pooled.get(bundle.values[0]!)!.map(({ side }) => side);
    const total = bundle.channels.reduce((a, b) => a + b, 0);
    return {
      position: bundle.position,
      gathered: "pooled",
      ends: sides.flatMap((side) => bundle.values.map((value) => pooled.get(value)!.find((end) => end.side === side)!)),
      build: () => sides.map((side) => pooledEnd(nodes, side, bundle.joined(), total)),
      lengths: sides.flatMap(() => bundle.channels),
    };
  };

  const buildRun = (run: readonly Piece[]): Value => {
    const kind = run[0]!.gathered;
    const asked = run.flatMap((piece) => piece.ends);
    const results = run.flatMap((piece) => piece.build());
    if (kind === "alone") {
      const output = nodes.output(results[0]!);
      asked[0]!.rows = (outputs) => [outputs[output.name]!.data as Float32Array];
      return output;
    }
    const { output, parts } = gather(
      nodes,
      kind === "pooled" ? results : flattened(nodes, results),
      run.flatMap(({ lengths }) => lengths),
      kind === "pooled" ? 1 : 0,
    );
    asked.forEach((end, index) => {
      end.rows = parts[index]!;
    });
    return output;
  };

  return {
    add: (value: Value, axis: number | undefined): ReadTensor => {
      const position = axis !== undefined && axis < 0 ? axis + nodes.shapeOf(value).length : axis;
      const max = ask("max", value, position);
      const min = boundsOf(value).min >= 0 ? undefined : ask("min", value, position);
      return axis === undefined ? readWhole(min, max) : readSlices(min, max);
    },
    finish: (): readonly Value[] => {
      const sidesOf = (value: Value): string =>
        pooled
          .get(value)!
          .map(({ side }) => side)
          .join();
      const pieces = [...others, ...bundlesOf(nodes, [...pooled.keys()], sidesOf).map(pooledPiece)].sort((a, b) => a.position - b.position);
      return runsOf(pieces).map((run) => {
        const output = buildRun(run);
        order.pin(output, run.at(-1)!.position);
        return output;
      });
    },
  };
}

function readWhole(min: End | undefined, max: End): ReadTensor {
  return (outputs) => {
    const data = Float32Array.of(min ? wholeEnd(min, outputs) : 0, wholeEnd(max, outputs));
    return { dtype: "float32", shape: [2], data };
  };
}

function readSlices(min: End | undefined, max: End): ReadTensor {
  return (outputs) => {
    const largest = sliceEnds(max, outputs);
    const data = new Float32Array(2 * largest.length);
    if (min) data.set(sliceEnds(min, outputs));
    data.set(largest, largest.length);
    return { dtype: "float32", shape: [2, largest.length], data };
  };
}

/** Made last to first: see ExecutionOrder. */
function flattened(nodes: ObservingNodes, scalars: readonly Value[]): readonly Value[] {
  return scalars
    .toReversed()
    .map((scalar) => nodes.add("Reshape", [scalar, nodes.integers([1])]))
    .reverse();
}

function runsOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run && run[0]!.gathered === piece.gathered && piece.gathered !== "alone") run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}
