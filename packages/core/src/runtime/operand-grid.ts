/** A side of a product as an encoding holds it, computed by the runtime. */
import { fakeQuantize } from "../numerics/index.ts";
import { type AffineEncoding, type Encoding, QuantError, type Tensor } from "../spec/index.ts";
import { gridOf, oneScale, type ScalePlacement } from "./grid.ts";
import type { Kernels } from "./kernels.ts";

/** `placementOf` tells where the scales of an affine encoding belong. Logarithmic grids are looked up in a table: their few trials need no kernel. */
export async function onGridOf(kernels: Kernels, x: Tensor, encoding: Encoding, placementOf: (encoding: AffineEncoding) => ScalePlacement): Promise<Tensor> {
  switch (encoding.kind) {
    case "affine":
      return kernels.run("affine", { x, ...gridOf(encoding, placementOf(encoding)) });
    case "twin": {
      const [low, high] = [gridOf(encoding.low, oneScale), gridOf(encoding.high, oneScale)];
      const threshold: Tensor = { dtype: "float32", shape: [1, 1, 1], data: Float32Array.of(encoding.threshold) };
      const grids = { lowScale: low.scale, lowLow: low.low, lowHigh: low.high, highScale: high.scale, highLow: high.low, highHigh: high.high };
      return kernels.run("twin", { x, threshold, ...grids });
    }
    case "log":
      return fakeQuantize(x, encoding);
    default:
      throw new QuantError("internal", `${encoding satisfies never} is no encoding.`);
  }
}
