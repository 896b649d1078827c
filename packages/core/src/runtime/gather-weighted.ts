import { floatValues } from "../numerics/index.ts";
import { floats, type Gatherer, type GatherOptions, type Seen } from "./gather.ts";
import { operandRows, outputRows, type RowReader, type RowShape } from "./gather-rows.ts";
import { type Pick, pickPositions, pickWeighted, randomOf } from "./positions.ts";
import { energiesOf } from "./row-importance.ts";
import { asRight, weightLayoutOf } from "./weight-layout.ts";

/** Elements of the operand that are kept at most, 64 MB: a convolution of many channels has thousands in a row. */
const largestOperand = 2 ** 24;

/** Rows of a layer with a weight: equally many of every sample, and more of those that matter. */
export function gatherWeighted({ layer, node, positions, samples, seed, hasUpstream }: GatherOptions): Gatherer {
  const { batch, depth, columns, ...layout } = weightLayoutOf(layer, node);
  const most = Math.min(positions, Math.floor(largestOperand / (batch * depth)));
  const right = asRight(floatValues(node.inputs[1]!.constant!), { batch, depth, columns, ...layout });
  let perSample = 0;
  let left: Float32Array | undefined;
  let floatLeft: Float32Array | undefined;
  let importance: Float32Array | undefined;
  let lacking: Float32Array | undefined;
  let gathered = 0;
  const shapeOf = (width: number): RowShape => ({ batch, rows: perSample * samples, width });
  const allocate = (width: number): Float32Array => new Float32Array(batch * perSample * samples * width);

  return {
    add(seen) {
      // What a sample has to offer shows on the first one; smaller ones repeat rows.
      perSample ||= Math.max(1, Math.min(Math.floor(most / samples), operandRows(layer, node, seen.float[0]!, shapeOf(depth)).positions / seen.samples));
      perSample = Math.floor(perSample);
      floatLeft ??= allocate(depth);
      left ??= hasUpstream ? allocate(depth) : floatLeft;
      const copies: [RowReader, Float32Array][] = [[operandRows(layer, node, seen.float[0]!, shapeOf(depth)), floatLeft]];
      if (left !== floatLeft) copies.push([operandRows(layer, node, seen.upstream[0]!, shapeOf(depth)), left]);
      const [weigh, compare] = [weigher(seen), comparer(seen)];
      const available = copies[0]![0].positions;
      for (let sample = 0; sample < seen.samples; sample++) {
        const from = Math.floor((sample * available) / seen.samples);
        const to = Math.floor(((sample + 1) * available) / seen.samples);
        pick(seen, from, to, randomOf(seed, layer.node, seen.before + sample)).forEach(({ position, weight }, index) => {
          const row = gathered * perSample + index;
          for (const [reader, target] of copies) reader.copy(from + position, target, row);
          weigh?.(from + position, row, weight);
          compare?.(from + position, row);
        });
        gathered++;
      }
    },
    finish() {
      const rows = perSample * samples;
      const lefts = floats([batch, rows, depth], left!);
      return {
        left: lefts,
        right,
        floatLeft: left === floatLeft ? lefts : floats([batch, rows, depth], floatLeft!),
        floatRight: right,
        ...(lacking && { lacking: floats([batch, rows, columns], lacking) }),
        ...(importance && { importance: floats([batch, rows, importance.length / batch / rows], importance) }),
        samples,
      };
    },
  };

  function pick({ rows, gradient }: Seen, from: number, to: number, random: () => number): readonly Pick[] {
    const weights = rows?.subarray(from, to) ?? (gradient && energiesOf(layer, gradient, columns * batch, from, to));
    return weights ? pickWeighted(weights, perSample, random) : pickPositions(to - from, perSample, random).map((position) => ({ position, weight: 1 }));
  }

  /** Writes what the shortcut lacks at a row. */
  function comparer({ shortcut }: Seen): ((position: number, row: number) => void) | undefined {
    if (!shortcut) return undefined;
    lacking ??= allocate(columns);
    const target = lacking;
    const upstream = floatValues(shortcut.upstream);
    const difference = floatValues(shortcut.float).map((value, index) => value - upstream[index]!);
    const rows = outputRows(layer, floats(shortcut.float.shape, difference), shapeOf(columns));
    return (position, row) => rows.copy(position, target, row);
  }

  /** Writes the importance of a row. */
  function weigher({ rows, gradient }: Seen): ((position: number, row: number, weight: number) => void) | undefined {
    const starts = (row: number, width: number): readonly number[] => Array.from({ length: batch }, (_, entry) => (entry * perSample * samples + row) * width);
    if (!rows && !gradient) return undefined;
    importance ??= allocate(rows ? 1 : columns);
    const target = importance;
    if (rows) {
      return (position, row, weight) => {
        for (const start of starts(row, 1)) target[start] = weight * rows[position]!;
      };
    }
    const slopes = outputRows(layer, gradient!, shapeOf(columns));
    return (position, row, weight) => {
      slopes.copy(position, target, row);
      for (const start of starts(row, columns)) for (let index = start; index < start + columns; index++) target[index] = weight * target[index]! ** 2;
    };
  }
}
