/**
 * Which layers hurt. Isolated: one node on integers, the rest in float. Cumulative: all nodes up to and including it.
 * Measured as SQNR of the model's first output against the float model on the same samples.
 */
import type { Model, Node } from "../ir/index.ts";
import { createDistance } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { storesWeight } from "../plan/index.ts";
import { rewriteModel } from "../rewrite/index.ts";
import type { Backend, Distance, QuantPlan, Target, Tensors } from "../spec/index.ts";

export interface SensitivityOptions {
  /** Normalized. */
  readonly model: Model;
  readonly plan: QuantPlan;
  readonly target: Target;
  readonly backend: Backend;
  /** Held in memory: a few are enough for a ranking. */
  readonly samples: readonly Tensors[];
  readonly signal?: AbortSignal;
  readonly onNode?: (done: number, total: number) => void;
}

export interface NodeSensitivity {
  readonly node: string;
  readonly op: string;
  readonly isolated: Distance;
  readonly cumulative: Distance;
}

/** One entry per integer node, in topological order. */
export async function measureSensitivity(options: SensitivityOptions): Promise<readonly NodeSensitivity[]> {
  const { model, plan, samples } = options;
  const nodes = model.graph.nodes.filter((node) => storesWeight(plan.nodes[node.name]));
  const reference = await outputsOf(options, restrictPlan(model, plan, new Set()));
  const rows: NodeSensitivity[] = [];
  const before = new Set<string>();
  for (const node of nodes) {
    before.add(node.name);
    const isolated = distanceOf(reference, await outputsOf(options, restrictPlan(model, plan, new Set([node.name]))));
    const cumulative = distanceOf(reference, await outputsOf(options, restrictPlan(model, plan, before)));
    rows.push({ node: node.name, op: node.op, isolated, cumulative });
    options.onNode?.(rows.length, nodes.length);
  }
  return rows;

  async function outputsOf(context: SensitivityOptions, restricted: QuantPlan): Promise<readonly Float32Array[]> {
    const session = await context.backend.open(writeModel(await rewriteModel(model, restricted, context.target)), { fuseQuantized: false });
    try {
      const outputs: Float32Array[] = [];
      for (const feeds of samples) {
        const result = await session.run(feeds, context.signal ? { signal: context.signal } : {});
        const first = result[session.outputs[0]!]!.data;
        outputs.push(first instanceof Float32Array ? first : Float32Array.from(first as ArrayLike<number>));
      }
      return outputs;
    } finally {
      await session.dispose();
    }
  }
}

/** Names of the nodes whose isolated SQNR lies below the threshold (dB): what `autoExclude` leaves in float. */
export function nodesBelow(rows: readonly NodeSensitivity[], thresholdDb: number): readonly string[] {
  return rows.filter((row) => row.isolated.sqnrDb < thresholdDb).map((row) => row.node);
}

/** The plan with only these compute nodes on integers; what they absorbed goes with them, what only moves data is left in float. */
function restrictPlan(model: Model, plan: QuantPlan, keep: ReadonlySet<string>): QuantPlan {
  const nodes = model.graph.nodes.map(
    (node) => [node.name, isKept(node) ? plan.nodes[node.name]! : { mode: "float" as const, reason: "not under test" }] as const,
  );
  return { ...plan, nodes: Object.fromEntries(nodes) };

  function isKept(node: Node): boolean {
    if (plan.nodes[node.name]!.mode !== "absorbed") return keep.has(node.name);
    return node.inputs.some((value) => value?.producer && isKept(value.producer));
  }
}

function distanceOf(reference: readonly Float32Array[], outputs: readonly Float32Array[]): Distance {
  const distance = createDistance();
  reference.forEach((expected, index) => {
    distance.update(expected, outputs[index]!);
  });
  return distance.result();
}
