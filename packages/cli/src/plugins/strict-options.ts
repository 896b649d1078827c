import { type MethodFactory, QuantError, type QuantMethod } from "@halftone/core";
import { didYouMean } from "../text/closest.ts";

/**
 * A factory that refuses options of other names than these; what their values may be is the method's to say. The compiler holds the names against the
 * method's type, so that none is missing.
 */
export function strictOptions<Options extends object>(
  method: string,
  factory: (options: Options) => QuantMethod,
  names: Readonly<Record<keyof Options, true>>,
): MethodFactory {
  return (options = {}) => {
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
    if (unknown === undefined) return factory(options as Options);
    const known = Object.keys(names);
    const hint = didYouMean(unknown, known) || ` Known: ${known.join(", ")}.`;
    throw new QuantError("invalid-config", `Method ${method} has no option "${unknown}".${hint}`, { details: { field: `methodOptions.${unknown}` } });
  };
}
