import { containerBits } from "../numerics/index.ts";
import type { ActivationSite, GraphView, NodeView, OperatorSupport, QuantConfig, Target, TensorConfig, ValueView, WeightSite } from "../spec/index.ts";
import { type Bounds, boundsOf } from "./bounds.ts";
import { configOf } from "./config.ts";
import type { Decisions } from "./decide.ts";
import { emulatedTensors } from "./full-scope.ts";
import { readerBoundsOf } from "./reader-bounds.ts";
import { dataInputs, onlyReader, readersOf, supportOf, weightLayoutOf } from "./roles.ts";

/** Where the result of an integer node can be read: behind the activation or bias it absorbed. */
export function resultOf(node: NodeView, decisions: Decisions): ValueView | undefined {
  let result = node.outputs[0];
  for (;;) {
    const reader = result && onlyReader(result);
    if (!reader || decisions.get(reader)?.mode !== "absorbed") return result;
    result = reader.outputs[0];
  }
}

/** Activations to encode, grouped where pass-through nodes join them. */
export function activationSites(
  graph: GraphView,
  units: ReadonlyMap<string, string>,
  decisions: Decisions,
  target: Target,
  config: QuantConfig,
): readonly ActivationSite[] {
  const groups = new Groups();
  const moved = new Set<ValueView>();
  for (const node of graph.nodes) {
    const mode = decisions.get(node)!.mode;
    const support = supportOf(target, node);
    if (mode === "emulated") for (const value of emulatedTensors(node, units, decisions, target)) groups.add(value);
    if (!support || (mode !== "integer" && mode !== "pass-through")) continue;
    const inputs = dataInputs(node, support);
    for (const input of inputs) groups.add(input);
    if (mode === "pass-through") {
      const outputs = node.outputs.filter((value) => value !== undefined);
      groups.join([...inputs, ...outputs]);
      for (const output of outputs) moved.add(output);
    } else {
      const result = resultOf(node, decisions);
      if (result && !answersInFloat(result, support, decisions)) groups.add(result);
    }
  }
  return groups.all().map((values) => siteOf(values, moved, config));
}

/** A kernel that can answer in float does so unless every reader wants integers. */
function answersInFloat(result: ValueView, support: OperatorSupport, decisions: Decisions): boolean {
  if (!support.floatOutput) return false;
  const readers = readersOf(result);
  return readers.length === 0 || result.isOutput || !readers.every((reader) => ["integer", "emulated", "pass-through"].includes(decisions.get(reader)!.mode));
}

function siteOf(values: readonly ValueView[], moved: ReadonlySet<ValueView>, config: QuantConfig): ActivationSite {
  const observed = values.filter((value) => !moved.has(value));
  const names = values.map((value) => value.name);
  const asked = configOf(config, "activations", namesOf(values));
  const bounds = observed.map((value) => meet(boundsOf(value), values.length === 1 ? readerBoundsOf(value) : boundsOf(value)));
  const min = Math.min(...bounds.map((bound) => bound.min));
  const max = Math.max(...bounds.map((bound) => bound.max));
  return {
    key: names[0]!,
    tensors: names,
    observed: observed.map((value) => value.name),
    // What is stored keeps its full width; what is asked of a product is asked of its operand.
    config: config.scope === "partial" ? widened(asked) : asked,
    ...(observed.every((value) => value.shape?.length === 4) && { channelAxis: 1 }),
    bounds: finiteBounds({ min, max }),
  };
}

/** The grid that fills the container. */
export function widened(config: TensorConfig): TensorConfig {
  return { ...config, bits: containerBits[config.dtype] };
}

/** The names that overrides of a site are matched against. */
export function namesOf(values: readonly ValueView[]): readonly string[] {
  return [...values.map((value) => value.name), ...values.flatMap((value) => value.producer?.name ?? [])];
}

export function finiteBounds({ min, max }: Bounds): NonNullable<ActivationSite["bounds"]> {
  return { ...(Number.isFinite(min) && { min }), ...(Number.isFinite(max) && { max }) };
}

/** What both allow. A range that both exclude is left to the producer. */
function meet(left: Bounds, right: Bounds): Bounds {
  const both = { min: Math.max(left.min, right.min), max: Math.min(left.max, right.max) };
  return both.min < both.max ? both : left;
}

export function weightSites(graph: GraphView, decisions: Decisions, target: Target, config: QuantConfig): readonly WeightSite[] {
  const readers = new Map<ValueView, NodeView[]>();
  for (const node of graph.nodes) {
    const { mode } = decisions.get(node)!;
    const layout = mode === "integer" || mode === "weights" ? weightLayoutOf(node) : undefined;
    const weight = layout && node.inputs[layout.input];
    if (weight?.constant) readers.set(weight, [...(readers.get(weight) ?? []), node]);
  }
  return [...readers].map(([weight, nodes]) => {
    const { channelAxis, reductionAxis } = weightLayoutOf(nodes[0]!)!;
    const names = nodes.map((node) => node.name);
    const asked = configOf(config, "weights", [weight.name, ...names]);
    return {
      tensor: weight.name,
      nodes: names,
      channelAxis,
      reductionAxis,
      config: nodes.every((node) => takes(node, asked, target)) ? asked : { ...asked, granularity: "tensor" },
    };
  });
}

/** A default of one scale per channel means: where the kernel takes more than one. Any other granularity is somebody's wish, and stays. */
function takes(node: NodeView, { granularity }: TensorConfig, target: Target): boolean {
  if (granularity !== "channel" || target.defaults.weights.granularity !== "channel") return true;
  return supportOf(target, node)?.perChannelWeights !== false;
}

/** Disjoint sets of values, in order of first appearance. */
class Groups {
  readonly #groupOf = new Map<ValueView, Set<ValueView>>();

  add(value: ValueView): Set<ValueView> {
    const group = this.#groupOf.get(value) ?? new Set([value]);
    this.#groupOf.set(value, group);
    return group;
  }

  join(values: readonly ValueView[]): void {
    const merged = this.add(values[0]!);
    for (const value of values) {
      for (const member of this.add(value)) {
        merged.add(member);
        this.#groupOf.set(member, merged);
      }
    }
  }

  all(): readonly (readonly ValueView[])[] {
    return [...new Set(this.#groupOf.values())].map((group) => [...group]);
  }
}
