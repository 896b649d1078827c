import {
  type AffineEncoding,
  codeRange,
  leastFactorOf,
  type OperandPlan,
  type OperandSite,
  operandRanges,
  type PlanContext,
  type Range,
  scaledBy,
  shareTwin,
  twinSubject,
  unionOf,
} from "@halftone/core";
import { searchFactors, softmaxSplits } from "./factors.ts";
import { activationGrid, gridFromZero, uniformGrid } from "./grids.ts";
import type { Settings } from "./options.ts";
import { storedGrid } from "./stored-grid.ts";

/** Grids that an operand may get; a search starts from the first. */
export interface OperandCandidates {
  readonly plans: readonly OperandPlan[];
  readonly isSoftmax: boolean;
}

/** GELU's, as the released code has it for every activation. */
const releasedMinimum = -0.16997124254703522;

/** Tells the grids of every tensor that products read. */
export function operandCandidates(context: PlanContext, settings: Settings): (tensor: string) => OperandCandidates {
  const { graph, placement, statistics } = context;
  const sites = new Map(placement.operands.map((site) => [site.tensor, site]));

  return (tensor) => {
    const site = sites.get(tensor)!;
    const range = unionOf(operandRanges(site, statistics));
    const subject = mayBeTwin(site) ? twinSubject(context, site) : undefined;
    if (subject?.kind === "shares" && settings.twinSoftmax) return { isSoftmax: true, plans: softmaxTwins(site) };
    if (subject?.kind === "activation" && settings.twinActivation) return { isSoftmax: false, plans: activationTwins(site, range, subject.minimum) };
    return { isSoftmax: false, plans: uniform(site, range) };
  };

  function mayBeTwin({ nodes }: OperandSite): boolean {
    return settings.twinConvolutions || !nodes.some((name) => graph.node(name)!.op.startsWith("Conv"));
  }

  function softmaxTwins({ config }: OperandSite): readonly OperandPlan[] {
    return softmaxSplits().map((split) => ({ encoding: shareTwin(split, config) }));
  }

  function activationTwins({ config }: OperandSite, { max }: Range, minimum: number): readonly OperandPlan[] {
    const range = { largest: Math.max(max, 0), minimum: settings.released ? releasedMinimum : minimum, clips: settings.released };
    return searchFactors(config, settings.candidates).map((factor) => ({ encoding: activationGrid(range, factor, config) }));
  }

  function uniform(site: OperandSite, read: Range): readonly OperandPlan[] {
    const stored = storedGrid(context, site);
    const { min, max } = unionOf([read, ...(stored?.ranges ?? [])]);
    const start = stored?.clipping ? gridFromZero(max, site.config) : uniformGrid(Math.max(-min, max), site.config);
    const least = leastFactorOf(context, site);
    const factors = searchFactors(site.config, settings.candidates).filter((factor) => factor >= least);
    const bound = stored?.clipping?.max ?? Number.POSITIVE_INFINITY;
    const grids = factors.map((factor) => scaledBy(start, factor)).filter((grid, index) => index === 0 || endsBefore(bound, grid));
    return grids.map((encoding) => ({ encoding }));
  }
}

/** Half a step of slack, as for an activation that a grid does. */
function endsBefore(bound: number, grid: AffineEncoding): boolean {
  const [scale, zeroPoint] = [grid.scale[0]!, grid.zeroPoint[0]!];
  return (codeRange(grid).max - zeroPoint - 0.5) * scale <= bound;
}
