import type { Backend, OptionDimension, Target } from "../spec/index.ts";
import type { MethodFactory } from "./tokens.ts";

/** What a package adds to an instance, by name. Everything is a factory: nothing happens until a name is used. */
export interface Plugin {
  /** Name of the package, for messages. */
  readonly name: string;
  readonly methods?: Readonly<Record<string, MethodFactory>>;
  /**
   * Options of its methods that a search may choose, by the method's name. They become dimensions of spaces that choose the method, and what a trial chose is
   * handed to the method's factory. Only searches look at them: they refuse with `invalid-config`, and `details` with `plugin`, `method` and `dimension`, what is
   * of a method that the plugin does not bring, has a name twice or none, no value, a value twice, or one that is no text, finite number, true or false.
   */
  readonly dimensions?: Readonly<Record<string, readonly OptionDimension[]>>;
  readonly targets?: Readonly<Record<string, () => Target | Promise<Target>>>;
  readonly backends?: Readonly<Record<string, () => Backend>>;
}

/** Types a plugin; returns it unchanged. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
