// tsyringe needs the Reflect polyfill before it is loaded; this is the one place that imports either.
import "reflect-metadata";
import { type DependencyContainer, type InjectionToken, container as root } from "tsyringe";
import type { Backend, QuantMethod, Target } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import type { Plugin } from "./define-plugin.ts";
import { backendToken, methodToken, type Named, targetToken } from "./tokens.ts";

/** Names of one Halftone instance: a child container, so that two instances share nothing. */
export interface Registry {
  /** @throws `invalid-config` when a name is taken. */
  use(plugin: Plugin): void;
  method(name: string, options?: Readonly<Record<string, unknown>>): QuantMethod;
  target(name: string): Promise<Target>;
  backend(name: string): Backend;
  names(): { readonly methods: readonly string[]; readonly targets: readonly string[]; readonly backends: readonly string[] };
}

export function createRegistry(plugins: readonly Plugin[] = []): Registry {
  const container = root.createChildContainer();
  const registry: Registry = {
    use: (plugin) => {
      register(container, methodToken, "method", plugin.methods, plugin);
      register(container, targetToken, "target", plugin.targets, plugin);
      register(container, backendToken, "backend", plugin.backends, plugin);
    },
    method: (name, options) => find(container, methodToken, "method", name)(options),
    target: async (name) => find(container, targetToken, "target", name)(),
    backend: (name) => find(container, backendToken, "backend", name)(),
    names: () => ({ methods: namesOf(container, methodToken), targets: namesOf(container, targetToken), backends: namesOf(container, backendToken) }),
  };
  for (const plugin of plugins) registry.use(plugin);
  return registry;
}

function all<Thing>(container: DependencyContainer, token: InjectionToken<Named<Thing>>): readonly Named<Thing>[] {
  return container.isRegistered(token) ? container.resolveAll(token) : [];
}

function namesOf<Thing>(container: DependencyContainer, token: InjectionToken<Named<Thing>>): readonly string[] {
  return all(container, token).map((entry) => entry.name);
}

function register<Thing>(
  container: DependencyContainer,
  token: InjectionToken<Named<Thing>>,
  kind: string,
  things: Readonly<Record<string, Thing>> | undefined,
  plugin: Plugin,
): void {
  for (const [name, thing] of Object.entries(things ?? {})) {
    if (namesOf(container, token).includes(name)) {
      throw new QuantError("invalid-config", `Plugin ${plugin.name} brings a ${kind} named ${name}, which another plugin has registered; rename one of them.`, {
        details: { plugin: plugin.name, name },
      });
    }
    container.register(token, { useValue: { name, thing } });
  }
}

function find<Thing>(container: DependencyContainer, token: InjectionToken<Named<Thing>>, kind: string, name: string): Thing {
  const entry = all(container, token).find((candidate) => candidate.name === name);
  if (entry) return entry.thing;
  const known = namesOf(container, token).join(", ") || "none";
  throw new QuantError("unknown-name", `There is no ${kind} named "${name}" (known: ${known}); install and pass the plugin that brings it.`, {
    details: { name, kind },
  });
}
