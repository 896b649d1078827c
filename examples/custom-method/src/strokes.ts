import type { CalibrationSource, Tensor } from "@halftone/core";
import { seededRandom } from "@halftone/core";

const [height, width] = [48, 192];

/** Dark strokes on light paper, in the size the direction classifier reads: enough to make its activations real. */
export function strokes(count: number, seed: number): CalibrationSource {
  return {
    id: `strokes-${count}-${seed}`,
    batches: count,
    async *[Symbol.asyncIterator]() {
      const random = seededRandom(seed);
      for (let index = 0; index < count; index++) yield { x: image(random) };
    },
  };
}

function image(random: () => number): Tensor {
  const data = new Float32Array(3 * height * width).fill(0.6 + 0.4 * random());
  const ink = -1 + 0.6 * random();
  for (let left = 4; left < width - 8; left += 5 + Math.floor(8 * random())) {
    const [top, bottom] = [6 + Math.floor(14 * random()), 28 + Math.floor(14 * random())];
    const thickness = 2 + Math.floor(3 * random());
    for (let plane = 0; plane < 3; plane++) {
      for (let row = top; row < bottom; row++) data.fill(ink, (plane * height + row) * width + left, (plane * height + row) * width + left + thickness);
    }
  }
  return { dtype: "float32", shape: [1, 3, height, width], data };
}
