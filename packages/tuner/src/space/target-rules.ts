/** Keeps a search from candidates of which the target could not run a single layer on integers. */
import {
  type AffineEncoding,
  type Candidate,
  type NodeView,
  type QuantConfig,
  QuantError,
  resolveConfig,
  type SearchDimension,
  type SearchRule,
  type SearchSpace,
  type Target,
} from "@halftone/core";
import { recipeOf } from "../recipe/recipe.ts";
import { enumerate } from "./enumerate.ts";

/** Dimensions that decide about encodings; all others are nothing to a target. */
const judged: readonly string[] = ["bits", "scheme", "granularity"];

/**
 * The space with rules for what the target's table forbids for every one of the layers: nodes with a constant weight.
 *
 * @throws `invalid-config` when nothing is left, with the target's reason.
 */
export function restrictTo(space: SearchSpace, target: Target, layers: readonly NodeView[]): SearchSpace {
  const rules = targetRules(space, target, layers);
  if (rules.length === 0) return space;
  const restricted = { ...space, rules: [...(space.rules ?? []), ...rules] };
  if (enumerate(restricted).length > 0) return restricted;
  throw new QuantError("invalid-config", `Target ${target.name} can execute nothing of search space "${space.name}": ${rules[0]!.reason}.`, {
    details: { field: "space", target: target.name },
  });
}

function targetRules(space: SearchSpace, target: Target, layers: readonly NodeView[]): readonly SearchRule[] {
  const dimensions = space.dimensions.filter(({ name }) => judged.includes(name));
  const refused = combinations(dimensions).flatMap((candidate) => {
    const reason = refusal(candidate, target, layers);
    return reason === undefined ? [] : [{ candidate, reason }];
  });
  const whole = dimensions.flatMap((dimension) => valuesRefused(dimension, dimensions, refused));
  const rest = refused.filter(({ candidate }) => !whole.some(({ when }) => Object.entries(when).every(([name, [value]]) => candidate[name] === value)));
  return [...whole, ...rest.map(({ candidate, reason }) => forbid(candidate, dimensions.at(-1)!, reason))];
}

interface Refused {
  readonly candidate: Candidate;
  readonly reason: string;
}

/** One rule for a value that is refused whatever it is combined with. */
function valuesRefused(dimension: SearchDimension, all: readonly SearchDimension[], refused: readonly Refused[]): readonly SearchRule[] {
  const partners = all.filter((each) => each !== dimension).reduce((product, { values }) => product * values.length, 1);
  return dimension.values.flatMap((value) => {
    const found = refused.filter(({ candidate }) => candidate[dimension.name] === value);
    return found.length < partners ? [] : [forbid({ [dimension.name]: value }, dimension, found[0]!.reason)];
  });
}

/** In this form a rule says nothing where one of its dimensions is switched off. */
function forbid(combination: Candidate, { name, values }: SearchDimension, reason: string): SearchRule {
  const when = Object.fromEntries(Object.entries(combination).map(([each, value]) => [each, [value]]));
  return { when, only: { [name]: values.filter((value) => value !== combination[name]) }, reason };
}

function combinations(dimensions: readonly SearchDimension[]): readonly Candidate[] {
  if (dimensions.length === 0) return [];
  return enumerate({ name: "judged", dimensions: dimensions.map(({ name, values }) => ({ name, values })) });
}

/** Why no layer can be integer; undefined as soon as one can. */
function refusal(candidate: Candidate, target: Target, layers: readonly NodeView[]): string | undefined {
  const config = resolveConfig(recipeOf(candidate, { target, ends: [] }).config, target);
  let reason: string | undefined;
  for (const layer of layers) {
    const verdict = judge(layer, config, target);
    if (verdict === undefined) return undefined;
    reason ??= verdict;
  }
  return reason;
}

function judge(layer: NodeView, config: QuantConfig, target: Target): string | undefined {
  const [data, weight] = [layer.inputs[0], layer.inputs[1]];
  if (!data || !weight?.constant) return "no weight is constant";
  const activations = target.supports(layer, data.name, encodingOf(config.activations));
  if (!activations.ok) return activations.reason;
  const axes = config.weights.granularity === "tensor" ? [undefined] : weight.constant.shape.map((_, axis) => axis);
  const verdicts = axes.map((axis) => target.supports(layer, weight.name, encodingOf(config.weights, axis)));
  const [first] = verdicts;
  return verdicts.some(({ ok }) => ok) || first === undefined || first.ok ? undefined : first.reason;
}

/** What a target is asked about, with numbers that it does not look at. */
function encodingOf({ dtype, bits }: QuantConfig["weights"], axis?: number): AffineEncoding {
  return { kind: "affine", dtype, bits, scale: [1], zeroPoint: [0], ...(axis !== undefined && { axis }) };
}
