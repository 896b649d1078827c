import { type OptionDimension, type Plugin, QuantError, type SearchDimension, type SearchSpace } from "@halftone/core";

/**
 * The space with the dimensions that plugins declare for the methods it chooses from, after its own. One that the space names itself stays as it is: who
 * writes a space has the last word.
 *
 * @throws `invalid-config` as `Plugin.dimensions` says, whether the space chooses the method or not.
 */
export function withOptionDimensions(space: SearchSpace, plugins: readonly Plugin[]): SearchSpace {
  const declared = plugins.flatMap(declaredBy);
  const methods = space.dimensions.find(({ name }) => name === "method")?.values ?? [];
  const own = new Set(space.dimensions.map(({ name }) => name));
  const added = declared.filter(({ method, dimension }) => methods.includes(method) && !own.has(dimension.name));
  return added.length === 0 ? space : { ...space, dimensions: [...space.dimensions, ...added.map(({ dimension }) => dimension)] };
}

interface Declared {
  readonly method: string;
  readonly dimension: SearchDimension;
}

function declaredBy(plugin: Plugin): readonly Declared[] {
  return Object.entries(plugin.dimensions ?? {}).flatMap(([method, options]) => {
    for (const [index, option] of options.entries()) {
      const problem = problemOf(option, method, options.slice(0, index), plugin);
      if (problem !== undefined) throw invalid(plugin.name, method, String(option.name), problem);
    }
    return options.map(({ name, values }) => ({ method, dimension: { name: `${method}.${name}`, values, when: { method: [method] } } }));
  });
}

/** Plugins are written in JavaScript too: nothing is taken for granted. */
function problemOf({ name, values }: OptionDimension, method: string, before: readonly OptionDimension[], { methods = {} }: Plugin): string | undefined {
  if (!Object.hasOwn(methods, method)) return "the plugin brings no such method";
  if (typeof name !== "string" || name === "") return "it has no name";
  if (before.some((other) => other.name === name)) return "it is there twice";
  if (!Array.isArray(values) || values.length === 0) return "it has no values";
  const odd = values.findIndex((value) => !["string", "boolean"].includes(typeof value) && !Number.isFinite(value));
  if (odd >= 0) return `${String(values[odd])} is no text, finite number, true or false`;
  return new Set(values).size < values.length ? "it has a value twice" : undefined;
}

function invalid(plugin: string, method: string, dimension: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Plugin ${plugin}, dimension "${dimension}" of method ${method}: ${problem}.`, {
    details: { plugin, method, dimension },
  });
}
