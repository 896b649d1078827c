import type { Backend, Target } from "../spec/index.ts";
import type { MethodFactory } from "./tokens.ts";

/** What a package adds to an instance, by name. Everything is a factory: nothing happens until a name is used. */
export interface Plugin {
  /** Name of the package, for messages. */
  readonly name: string;
  readonly methods?: Readonly<Record<string, MethodFactory>>;
  readonly targets?: Readonly<Record<string, () => Target | Promise<Target>>>;
  readonly backends?: Readonly<Record<string, () => Backend>>;
}

/** Types a plugin; returns it unchanged. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
