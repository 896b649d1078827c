import { codeRange, type Encoding } from "@halftone/core";

/** The values that an encoding with one scale can stand for, ascending; of one with several scales, those of the slice at `slice`. */
export function gridLines(encoding: Encoding, slice = 0): readonly number[] {
  switch (encoding.kind) {
    case "affine": {
      const { min, max } = codeRange(encoding);
      const [scale, zeroPoint] = [encoding.scale[slice]!, encoding.zeroPoint[slice]!];
      return Array.from({ length: max - min + 1 }, (_, index) => (min + index - zeroPoint) * scale);
    }
    case "twin":
      return [...gridLines(encoding.low).filter((line) => line < encoding.threshold), ...gridLines(encoding.high).filter((line) => line >= encoding.threshold)];
    case "log": {
      const base = encoding.base === "2" ? 2 : Math.SQRT2;
      return Array.from({ length: 2 ** encoding.bits }, (_, code) => encoding.scale * base ** -code).reverse();
    }
    default:
      return encoding satisfies never;
  }
}

/** How many scales there are to choose a grid from. */
export function sliceCount(encoding: Encoding | undefined): number {
  return encoding?.kind === "affine" ? encoding.scale.length : 1;
}

/** The slice with the largest step: the one whose values suffer most. 0 where there is one scale. */
export function coarsestSlice(encoding: Encoding | undefined): number {
  if (encoding?.kind !== "affine") return 0;
  return encoding.scale.reduce((coarsest, scale, slice) => (scale > encoding.scale[coarsest]! ? slice : coarsest), 0);
}
