import { floatValues } from "../numerics/index.ts";
import { floats, type Gatherer, type GatherOptions } from "./gather.ts";
import { operandRows, outputRows, type RowReader, type RowShape } from "./gather-rows.ts";
import { pickPositions, randomOf } from "./positions.ts";
import { asRight, weightLayoutOf } from "./weight-layout.ts";

/** Rows of a layer with a weight: equally many of every sample. */
export function gatherWeighted({ layer, node, positions, samples, seed, hasUpstream, hasGradient }: GatherOptions): Gatherer {
  const { batch, depth, columns, ...layout } = weightLayoutOf(layer, node);
  const right = asRight(floatValues(node.inputs[1]!.constant!), { batch, depth, columns, ...layout });
  let perSample = 0;
  let left: Float32Array | undefined;
  let floatLeft: Float32Array | undefined;
  let gradient: Float32Array | undefined;
  let gathered = 0;
  const shapeOf = (width: number): RowShape => ({ batch, rows: perSample * samples, width });
  const allocate = (width: number): Float32Array => new Float32Array(batch * perSample * samples * width);

  return {
    add(seen) {
      // What a sample has to offer shows on the first one; smaller ones repeat rows.
      perSample ||= Math.max(1, Math.min(Math.floor(positions / samples), operandRows(layer, node, seen.float[0]!, shapeOf(depth)).positions / seen.samples));
      perSample = Math.floor(perSample);
      floatLeft ??= allocate(depth);
      left ??= hasUpstream ? allocate(depth) : floatLeft;
      const copies: [RowReader, Float32Array][] = [[operandRows(layer, node, seen.float[0]!, shapeOf(depth)), floatLeft]];
      if (left !== floatLeft) copies.push([operandRows(layer, node, seen.upstream[0]!, shapeOf(depth)), left]);
      if (hasGradient) {
        gradient ??= allocate(columns);
        copies.push([outputRows(layer, seen.gradient!, shapeOf(columns)), gradient]);
      }
      const available = copies[0]![0].positions;
      for (let sample = 0; sample < seen.samples; sample++) {
        const from = Math.floor((sample * available) / seen.samples);
        const to = Math.floor(((sample + 1) * available) / seen.samples);
        const picked = pickPositions(to - from, perSample, randomOf(seed, layer.node, seen.before + sample));
        picked.forEach((position, index) => {
          for (const [reader, target] of copies) reader.copy(from + position, target, gathered * perSample + index);
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
        ...(gradient && { gradient: floats([batch, rows, columns], gradient) }),
        samples,
      };
    },
  };
}
