import { EventEmitter } from "eventemitter3";
import { createRegistry, type Plugin, type Registry } from "./plugin/index.ts";
import { apply, plan, quantize } from "./quantizer.ts";
import type { Backend, ModelFiles, QuantEvent, QuantizeOptions, QuantPlan, QuantResult, RunOptions, Target } from "./spec/index.ts";

/** Listeners by event type: `halftone.events.on("progress", (event) => ...)`. */
export type HalftoneEvents = { readonly [Type in QuantEvent["type"]]: (event: Extract<QuantEvent, { readonly type: Type }>) => void };

type Named<Options> = Omit<Options, "method" | "target" | "backend"> & {
  /** The object itself (or several), or the name a plugin registered. */
  readonly method: QuantizeOptions["method"] | string;
  readonly target: Target | string;
  readonly backend: Backend | string;
};

/** An instance: names, events and the pipeline. Two instances share nothing. */
export interface Halftone extends Pick<Registry, "use" | "method" | "target" | "backend" | "names"> {
  readonly events: EventEmitter<HalftoneEvents>;
  quantize(options: Named<QuantizeOptions>): Promise<QuantResult>;
  plan(options: Named<QuantizeOptions>): Promise<QuantPlan>;
  apply(
    model: ModelFiles,
    plan: QuantPlan,
    options: { readonly target: Target | string; readonly backend: Backend | string } & RunOptions,
  ): Promise<ModelFiles>;
}

/** @throws `invalid-config` when two plugins bring the same name. */
export function createHalftone(options: { readonly plugins?: readonly Plugin[] } = {}): Halftone {
  const registry = createRegistry(options.plugins);
  const events = new EventEmitter<HalftoneEvents>();

  const resolve = async (named: Named<QuantizeOptions>): Promise<QuantizeOptions> => ({
    ...named,
    method: typeof named.method === "string" ? registry.method(named.method) : named.method,
    ...(await resolveRuntime(named)),
    onEvent: forward(named),
  });
  const resolveRuntime = async ({ target, backend }: { readonly target: Target | string; readonly backend: Backend | string }) => ({
    target: typeof target === "string" ? await registry.target(target) : target,
    backend: typeof backend === "string" ? registry.backend(backend) : backend,
  });
  const forward = (run: RunOptions) => (event: QuantEvent) => {
    run.onEvent?.(event);
    emit(events, event);
  };

  return {
    ...registry,
    events,
    quantize: async (named) => quantize(await resolve(named)),
    plan: async (named) => plan(await resolve(named)),
    apply: async (model, made, named) => apply(model, made, { ...named, ...(await resolveRuntime(named)), onEvent: forward(named) }),
  };
}

/** The emitter's type ties each name to its event; for a union of events the tie has to be loosened. */
function emit(events: { emit(type: never, event: never): boolean }, event: QuantEvent): void {
  (events.emit as (type: QuantEvent["type"], event: QuantEvent) => boolean).call(events, event.type, event);
}
