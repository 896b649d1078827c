import type { Model } from "./ir/index.ts";
import { viewOf } from "./ir/index.ts";
import type { Normalization } from "./normalize/index.ts";
import { seededRandom } from "./numerics/index.ts";
import { createSearchRuntime } from "./runtime/index.ts";
import type { Json, MethodContext, Placement, PlanContext, QuantEvent, QuantizeOptions, Statistics } from "./spec/index.ts";
import { recognizeStructure } from "./structure/index.ts";

export interface ContextOptions extends Pick<QuantizeOptions, "target" | "backend" | "source" | "search" | "bridges" | "seed" | "signal"> {
  /** Normalized. */
  readonly model: Model;
  readonly normalization: Pick<Normalization, "units" | "observedShapes">;
  readonly placement: Placement;
  /** What a finished search step belongs to, besides data, seed and method: model and configuration. */
  readonly identity: Json;
  readonly emit: (event: QuantEvent) => void;
}

/** What methods are told. All contexts of one run share one search runtime. */
export interface Contexts {
  forMethod(): MethodContext;
  forPlan(method: string, statistics: Statistics, progress: PlanContext["progress"]): PlanContext;
  /** Frees what the search has opened. */
  dispose(): Promise<void>;
}

export function createContexts(options: ContextOptions): Contexts {
  const { model, normalization, placement, target, emit, signal, bridges, search } = options;
  const graph = viewOf(model.graph);
  const structure = recognizeStructure(graph, normalization.units, bridges ? { bridges } : {});
  const runtime = createSearchRuntime({ ...options, shapes: normalization.observedShapes });
  const forMethod = (): MethodContext => ({
    graph,
    placement,
    structure,
    target,
    random: seededRandom(options.seed ?? 0),
    emit,
    ...(signal && { signal }),
  });
  return {
    forMethod,
    forPlan: (method, statistics, progress) => ({
      ...forMethod(),
      statistics,
      runtime,
      progress,
      recall: recallFrom(search?.checkpoint, () => keyOf(method, options)),
    }),
    dispose: () => runtime.dispose(),
  };
}

/** Without a checkpoint every step is made. */
function recallFrom(checkpoint: NonNullable<QuantizeOptions["search"]>["checkpoint"], prefixOf: () => Promise<string>): PlanContext["recall"] {
  let prefix: Promise<string> | undefined;
  return async <Value>(key: string, make: () => Promise<Value>): Promise<Value> => {
    if (!checkpoint) return make();
    prefix ??= prefixOf();
    const full = `${await prefix}:${key}`;
    const known = await checkpoint.get(full);
    if (known !== undefined) return known as Value;
    const made = await make();
    await checkpoint.set(full, made as Json);
    return made;
  };
}

/** SHA-256 (hex) of everything that a step's result depends on. */
async function keyOf(method: string, { identity, source, search, bridges, seed, target }: ContextOptions): Promise<string> {
  const facts = [identity, method, target.name, source.id, search?.samples ?? null, bridges ?? null, seed ?? 0];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(facts)));
  return hexOf(digest);
}

export function hexOf(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
