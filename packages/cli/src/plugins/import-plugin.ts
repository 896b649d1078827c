import { createRequire } from "node:module";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Plugin, QuantError } from "@halftone/core";

/**
 * Imports a plugin: a file, relative to `folder`, or a package as code in `folder` would find it.
 *
 * @throws `invalid-config` when there is none, or its default export is none.
 */
export async function importPlugin(specifier: string, folder: string): Promise<Plugin> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(locate(specifier, folder))) as typeof module;
  } catch (cause) {
    throw invalid(specifier, `could not be loaded: ${(cause as Error).message}`, cause);
  }
  if (!isPlugin(module.default)) throw invalid(specifier, "has no default export made by definePlugin({ name, methods, targets, backends })");
  return module.default;
}

function locate(specifier: string, folder: string): string {
  if (/^\.{1,2}[/\\]/.test(specifier) || isAbsolute(specifier)) return pathToFileURL(resolve(folder, specifier)).href;
  try {
    return pathToFileURL(createRequire(resolve(folder, "config.json")).resolve(specifier)).href;
  } catch {
    // Packages that offer only an `import` condition are not visible to `require`; beside this package they can be imported.
    return specifier;
  }
}

function isPlugin(candidate: unknown): candidate is Plugin {
  return typeof candidate === "object" && candidate !== null && typeof (candidate as Partial<Plugin>).name === "string";
}

function invalid(specifier: string, problem: string, cause?: unknown): QuantError {
  return new QuantError("invalid-config", `Plugin ${specifier} ${problem}.`, { details: { field: "plugins", plugin: specifier }, cause });
}
