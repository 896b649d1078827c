import { between, chance, pick, type Random } from "./random.ts";

type Color = readonly [red: number, green: number, blue: number];

/** How a line looks: what a scan, a screenshot or a photograph of print does to it. */
export interface LineStyle {
  /** Pixels per em. */
  readonly fontSize: number;
  /** In ems. */
  readonly letterSpacing: number;
  readonly slantDegrees: number;
  readonly rotationDegrees: number;
  /** Space left, above, right and below the ink, in ems: how tightly a detector cropped. */
  readonly margins: readonly [number, number, number, number];
  readonly ink: Color;
  /** The background fades from the first to the second colour. */
  readonly paper: readonly [Color, Color];
  /** A ruled line under the text, as on forms. */
  readonly ruled: boolean;
  /** Standard deviation in pixels; 0 for none. */
  readonly blur: number;
  /** Standard deviation in grey levels. */
  readonly noise: number;
  readonly jpegQuality: number | undefined;
}

export function drawStyle(random: Random): LineStyle {
  // Uniform in the logarithm: small print is as common as headlines.
  const fontSize = 13 * 4 ** random();
  const contrast = between(random, 50, 215);
  const darker = between(random, 10, 245 - contrast);
  const [inkGrey, paperGrey] = chance(random, 0.75) ? [darker, darker + contrast] : [darker + contrast, darker];
  const margin = (): number => between(random, 0.04, 0.3);
  return {
    fontSize,
    letterSpacing: between(random, -0.02, 0.06),
    slantDegrees: between(random, -8, 8),
    rotationDegrees: between(random, -1.5, 1.5),
    margins: [margin(), margin(), margin(), margin()],
    ink: tint(random, inkGrey),
    paper: [tint(random, paperGrey), tint(random, paperGrey)],
    ruled: chance(random, 0.12),
    blur: chance(random, 0.5) ? between(random, 0.01, 0.05) * fontSize : 0,
    noise: pick(random, [0, 0, between(random, 2, 16)]),
    jpegQuality: chance(random, 0.5) ? Math.floor(between(random, 25, 90)) : undefined,
  };
}

const tint = (random: Random, grey: number): Color => {
  const channel = (): number => Math.min(255, Math.max(0, Math.floor(grey + between(random, -18, 18))));
  return [channel(), channel(), channel()];
};
