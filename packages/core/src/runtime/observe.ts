import { cloneModel, type Model, pruneDead } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { rewriteModel } from "../rewrite/index.ts";
import type { Backend, GraphView, PartialPlan, Placement, QuantPlan, Session, Target, Tensor, Tensors } from "../spec/index.ts";
import { mergePart, planFromPart } from "./partial-plan.ts";

/** The network as far as some tensors need it. */
export interface Observer {
  /** The tensors, by name. */
  run(feeds: Tensors): Promise<ReadonlyMap<string, Tensor>>;
  dispose(): Promise<void>;
}

export interface Network {
  /** Normalized. */
  readonly model: Model;
  readonly graph: GraphView;
  readonly placement: Placement;
  readonly target: Target;
  readonly backend: Backend;
  readonly signal?: AbortSignal;
}

/**
 * Opens a network that answers with these tensors of the float graph. With `part` it computes on the grids of that part: a tensor is
 * then what a float node would read of it, dequantized where an integer kernel made it, before any operand's own grid that it is not stored on.
 */
export async function openObserver(network: Network, tensors: readonly string[], part?: PartialPlan): Promise<Observer> {
  const { model, outputs } = observedModel(network.model, tensors);
  const merged = part && mergePart(network.model.graph, network.placement, network.target, part);
  const session = await network.backend.open(writeModel(merged ? await modelOnGrids(model, network, merged) : model), {
    fuseQuantized: false,
    spinning: false,
  });
  return observerOf(session, outputs, network.signal);
}

function observerOf(session: Session, outputs: ReadonlyMap<string, string>, signal?: AbortSignal): Observer {
  return {
    run: async (feeds) => {
      const wanted = Object.fromEntries(session.inputs.flatMap((name) => (feeds[name] ? [[name, feeds[name]]] : [])));
      const results = await session.run(wanted, signal ? { signal } : {});
      return new Map([...outputs].map(([tensor, output]) => [tensor, results[output]!]));
    },
    dispose: () => session.dispose(),
  };
}

/**
 * A new model that answers with these tensors and nothing else. A reader of each becomes the output: rewriting moves readers to the value that
 * they would see, and removes no tensor that has one.
 */
export function observedModel(original: Model, tensors: readonly string[]): { readonly model: Model; readonly outputs: ReadonlyMap<string, string> } {
  const model = cloneModel(original);
  const { graph } = model;
  while (graph.outputs.length > 0) graph.removeOutput(0);
  const outputs = new Map<string, string>();
  for (const tensor of new Set(tensors)) {
    const reader = graph.addNode("Identity", [graph.value(tensor)], { name: `${tensor}_observed` });
    const output = reader.outputs[0]!;
    output.dtype = "float32";
    graph.addOutput(output);
    outputs.set(tensor, output.name);
  }
  pruneDead(graph);
  return { model, outputs };
}

/** A new model that computes on the grids of `part`, and in float elsewhere. */
export async function modelOnGrids(model: Model, { placement, target }: Pick<Network, "placement" | "target">, part: PartialPlan): Promise<Model> {
  const plan: QuantPlan = planFromPart(model.graph, placement, target, presentIn(model, part));
  const rewritten = await rewriteModel(model, plan, target);
  pruneDead(rewritten.graph);
  return rewritten;
}

/** Encodings of tensors that are left after pruning. */
function presentIn({ graph }: Model, part: PartialPlan): PartialPlan {
  const present = <Entry>(entries: Readonly<Record<string, Entry>> = {}): Readonly<Record<string, Entry>> =>
    Object.fromEntries(Object.entries(entries).filter(([tensor]) => graph.value(tensor)));
  return { encodings: present(part.encodings), operands: present(part.operands), codes: present(part.codes) };
}
