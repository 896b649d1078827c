import type { Tensor } from "@halftone/core";
import { fromPicture, type Picture, toPicture } from "./render-line.ts";

const modelHeight = 48;
const minimumWidth = 320;
const widthStep = 32;

/**
 * What PP-OCR's recogniser was trained on: 48 rows, the aspect kept, blue-green-red planes of (x / 255 - 0.5) / 0.5,
 * at least 320 columns, the right end filled with 0. Widths are rounded up so that the runtime sees few shapes.
 */
export async function toInput(line: Picture): Promise<Tensor> {
  const inkWidth = Math.ceil((modelHeight * line.width) / line.height);
  const { pixels } = await toPicture(fromPicture(line).resize(inkWidth, modelHeight, { fit: "fill", kernel: "linear" }));
  const width = Math.max(minimumWidth, widthStep * Math.ceil(inkWidth / widthStep));
  const data = new Float32Array(3 * modelHeight * width);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < modelHeight; row++) {
      const target = (plane * modelHeight + row) * width;
      for (let column = 0; column < inkWidth; column++) {
        const byte = pixels[(row * inkWidth + column) * 3 + (2 - plane)] ?? 0;
        data[target + column] = (byte / 255 - 0.5) / 0.5;
      }
    }
  }
  return { dtype: "float32", shape: [1, 3, modelHeight, width], data };
}
