import { elementCount } from "../ir/index.ts";
import { floatValues } from "../numerics/index.ts";
import type { Tensor } from "../spec/index.ts";
import { floats, type Gathered, type Gatherer, type GatherOptions, type Seen } from "./gather.ts";
import { pickPositions, randomOf } from "./positions.ts";
import { productSamples } from "./sampling-sizes.ts";

interface Piece {
  readonly left: Float32Array;
  readonly right: Float32Array;
  readonly floatLeft: Float32Array;
  readonly floatRight: Float32Array;
  readonly importance?: Float32Array;
  readonly sizes: Sizes;
}

/** Of one sample: batch entries, rows kept, depth, columns. */
interface Sizes {
  readonly entries: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

/** A product of two activations: of some samples, rows of the left side and the whole right side, for every head. */
export function gatherProduct(options: GatherOptions): Gatherer {
  const chosen = new Set(pickPositions(options.samples, Math.min(productSamples, options.samples), () => 0.5));
  const pieces: Piece[] = [];
  return {
    add(seen) {
      for (let sample = 0; sample < seen.samples; sample++) {
        if (!chosen.has(seen.before + sample)) continue;
        pieces.push(pieceOf(seen, sample, options));
        if (!isSplit(seen)) break;
      }
    },
    finish: () => joined(pieces),
  };
}

function pieceOf(seen: Seen, sample: number, { layer, positions, seed, hasUpstream }: GatherOptions): Piece {
  const [left, right] = [seen.float[0]!, seen.float[1]!];
  const [rows, depth, columns] = [left.shape.at(-2) ?? 1, left.shape.at(-1)!, right.shape.at(-1)!];
  const batch = batchOf(seen);
  const all = elementCount(batch);
  const entries = isSplit(seen) ? all / seen.samples : all;
  const first = isSplit(seen) ? sample * entries : 0;
  const kept = Math.min(rows, Math.max(1, Math.floor(positions / productSamples)));
  const random = randomOf(seed, layer.node, seen.before + sample);
  const picked = Array.from({ length: entries }, () => (kept === rows ? undefined : pickPositions(rows, kept, random)));

  const lefts = (tensor: Tensor, width: number): Float32Array => {
    const matrix = matricesOf(tensor, batch);
    const values = floatValues(tensor);
    const result = new Float32Array(entries * kept * width);
    for (let entry = 0; entry < entries; entry++) {
      for (let row = 0; row < kept; row++) {
        const start = (matrix(first + entry) * rows + (picked[entry]?.[row] ?? row)) * width;
        result.set(values.subarray(start, start + width), (entry * kept + row) * width);
      }
    }
    return result;
  };
  const rights = (tensor: Tensor): Float32Array => {
    const matrix = matricesOf(tensor, batch);
    const values = floatValues(tensor);
    const size = depth * columns;
    const result = new Float32Array(entries * size);
    for (let entry = 0; entry < entries; entry++) {
      const start = matrix(first + entry) * size;
      result.set(values.subarray(start, start + size), entry * size);
    }
    return result;
  };
  const [floatLeft, floatRight] = [lefts(left, depth), rights(right)];
  return {
    left: hasUpstream ? lefts(seen.upstream[0]!, depth) : floatLeft,
    right: hasUpstream ? rights(seen.upstream[1]!) : floatRight,
    floatLeft,
    floatRight,
    ...(seen.gradient && { importance: lefts(seen.gradient, columns).map((slope) => slope ** 2) }),
    sizes: { entries, rows: kept, depth, columns },
  };
}

/** The common batch of both sides. */
function batchOf({ float }: Seen): readonly number[] {
  return broadcast(float[0]!.shape.slice(0, -2), float[1]!.shape.slice(0, -2));
}

/** Samples come first in the batch; a product that mixes those of a feed is seen as one sample. */
function isSplit(seen: Seen): boolean {
  return elementCount(batchOf(seen)) % seen.samples === 0;
}

/** Samples of another size than the first cannot stand beside it. */
function joined(pieces: readonly Piece[]): Gathered {
  const { sizes } = pieces[0]!;
  const equal = pieces.filter((piece) => JSON.stringify(piece.sizes) === JSON.stringify(sizes));
  const { entries, rows, depth, columns } = sizes;
  const batch = equal.length * entries;
  const join = (pick: (piece: Piece) => Float32Array, shape: readonly number[]): Tensor => {
    const whole = floats([batch, ...shape]);
    equal.forEach((piece, index) => {
      whole.data.set(pick(piece), (index * whole.data.length) / equal.length);
    });
    return whole;
  };
  const left = join((piece) => piece.left, [rows, depth]);
  const right = join((piece) => piece.right, [depth, columns]);
  const same = pieces[0]!.left === pieces[0]!.floatLeft;
  return {
    left,
    right,
    floatLeft: same ? left : join((piece) => piece.floatLeft, [rows, depth]),
    floatRight: same ? right : join((piece) => piece.floatRight, [depth, columns]),
    ...(equal[0]!.importance && { importance: join((piece) => piece.importance!, [rows, columns]) }),
    samples: equal.length,
  };
}

/** From an entry of the common batch to the matrix of a tensor that is broadcast to it. */
function matricesOf({ shape }: Tensor, batch: readonly number[]): (entry: number) => number {
  const own = shape.slice(0, -2);
  const padded = [...Array.from({ length: batch.length - own.length }, () => 1), ...own];
  if (padded.every((size, axis) => size === batch[axis])) return (entry) => entry;
  return (entry) => {
    let [rest, matrix, stride] = [entry, 0, 1];
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      matrix += ((rest % batch[axis]!) % padded[axis]!) * stride;
      rest = Math.floor(rest / batch[axis]!);
      stride *= padded[axis]!;
    }
    return matrix;
  };
}

function broadcast(left: readonly number[], right: readonly number[]): readonly number[] {
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, index) => Math.max(left[index + left.length - length] ?? 1, right[index + right.length - length] ?? 1));
}
