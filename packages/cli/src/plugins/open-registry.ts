import { dirname } from "node:path";
import { createRegistry, type Plugin, QuantError, type Registry } from "@halftone/core";
import { didYouMean } from "../text/closest.ts";
import { builtIn } from "./built-in.ts";
import { importPlugin } from "./import-plugin.ts";

export interface PluginNames {
  /** Relative to the working directory. */
  readonly flags: readonly string[];
  /** Relative to the configuration file. */
  readonly file?: { readonly path: string; readonly plugins: readonly string[] };
}

export interface OpenedRegistry extends Registry {
  /** What brought the names, the command itself first. */
  readonly plugins: readonly Plugin[];
}

/** The names that this run knows. The registry's errors list them; here a near miss is pointed out too. */
export async function openRegistry({ flags, file }: PluginNames, cwd: string): Promise<OpenedRegistry> {
  const plugins = [builtIn()];
  for (const name of file?.plugins ?? []) plugins.push(await importPlugin(name, dirname(file!.path)));
  for (const name of flags) plugins.push(await importPlugin(name, cwd));
  const registry = createRegistry(plugins);
  const { methods, targets } = registry.names();
  return {
    ...registry,
    plugins,
    method: (name, options) => {
      try {
        return registry.method(name, options);
      } catch (error) {
        throw suggesting(error, name, methods);
      }
    },
    target: (name) => registry.target(name).catch((error: unknown) => Promise.reject(suggesting(error, name, targets))),
  };
}

function suggesting(error: unknown, name: string, known: readonly string[]): unknown {
  if (!QuantError.is(error, "unknown-name")) return error;
  return new QuantError(error.code, error.message + didYouMean(name, known), { details: error.details, cause: error });
}
