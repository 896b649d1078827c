import {
  type AffineEncoding,
  codeRange,
  type OperandPlan,
  type OperandSite,
  operandRanges,
  type PlanContext,
  type Range,
  scaledBy,
  unionOf,
} from "@halftone/core";
import { searchFactors, softmaxSplits } from "./factors.ts";
import { activationGrid, gridFromZero, softmaxGrid, uniformGrid } from "./grids.ts";
import type { Settings } from "./options.ts";
import { storedGrid } from "./stored-grid.ts";

/** Grids that an operand may get; a search starts from the first. */
export interface OperandCandidates {
  readonly plans: readonly OperandPlan[];
  readonly isSoftmax: boolean;
}

/** GELU's, as the released code has it for every activation. */
const releasedMinimum = -0.16997124254703522;

/** A stored tensor that others read too does not clip more than this for the sake of its products. */
const leastSharedFactor = 0.8;

/** Tells the grids of every tensor that products read. */
export function operandCandidates(context: PlanContext, settings: Settings): (tensor: string) => OperandCandidates {
  const { graph, placement, statistics, structure } = context;
  const sites = new Map(placement.operands.map((site) => [site.tensor, site]));
  const scores = new Set(structure.attentions.flatMap(({ mixed }) => mixed ?? []));
  const minima = new Map(structure.activated.flatMap(({ operands, minimum }) => operands.map((tensor) => [tensor, minimum] as const)));

  return (tensor) => {
    const site = sites.get(tensor)!;
    const range = unionOf(operandRanges(site, statistics));
    if (settings.twinSoftmax && scores.has(tensor) && isShare(range) && mayBeTwin(site)) return { isSoftmax: true, plans: softmaxTwins(site) };
    const minimum = settings.twinActivation && mayBeTwin(site) ? minima.get(tensor) : undefined;
    return { isSoftmax: false, plans: minimum === undefined ? uniform(site, range) : activationTwins(site, range, minimum) };
  };

  function mayBeTwin({ nodes }: OperandSite): boolean {
    return settings.twinConvolutions || !nodes.some((name) => graph.node(name)!.op.startsWith("Conv"));
  }

  function softmaxTwins({ config }: OperandSite): readonly OperandPlan[] {
    return softmaxSplits().map((split) => ({ encoding: softmaxGrid(split, config) }));
  }

  function activationTwins({ config }: OperandSite, { max }: Range, minimum: number): readonly OperandPlan[] {
    const range = { largest: Math.max(max, 0), minimum: settings.released ? releasedMinimum : minimum, clips: settings.released };
    return searchFactors(config, settings.candidates).map((factor) => ({ encoding: activationGrid(range, factor, config) }));
  }

  function uniform(site: OperandSite, read: Range): readonly OperandPlan[] {
    const stored = storedGrid(context, site);
    const { min, max } = unionOf([read, ...(stored?.ranges ?? [])]);
    const start = stored?.clipping ? gridFromZero(max, site.config) : uniformGrid(Math.max(-min, max), site.config);
    const least = stored?.isReadByOthers ? leastSharedFactor : 0;
    const factors = searchFactors(site.config, settings.candidates).filter((factor) => factor >= least);
    const bound = stored?.clipping?.max ?? Number.POSITIVE_INFINITY;
    const grids = factors.map((factor) => scaledBy(start, factor)).filter((grid, index) => index === 0 || endsBefore(bound, grid));
    return grids.map((encoding) => ({ encoding }));
  }
}

/** A node between the Softmax and the product may have changed what the scores are. */
function isShare({ min, max }: Range): boolean {
  return min >= 0 && max <= 1 + 2 ** -20;
}

/** Half a step of slack, as for an activation that a grid does. */
function endsBefore(bound: number, grid: AffineEncoding): boolean {
  const [scale, zeroPoint] = [grid.scale[0]!, grid.zeroPoint[0]!];
  return (codeRange(grid).max - zeroPoint - 0.5) * scale <= bound;
}
