import { resolve } from "node:path";
import { type Backend, type Json, type QuantConfigInput, QuantError, type QuantizeOptions, type QuantMethod, type Registry, type Target } from "@halftone/core";
import { staticMethods } from "@halftone/min-max";
import { nodeTarget } from "@halftone/node";
import { exclusions, quantConfig } from "./config/quant-config.ts";
import { readBridges, readConfig } from "./config/read-config.ts";
import type { ConfigFile } from "./config/schema.ts";
import type { QuantizationOptions } from "./options/quantization.ts";
import { backendFor } from "./plugins/backend-for.ts";
import { openRegistry } from "./plugins/open-registry.ts";

/** How to quantize: configuration file and flags together, names resolved. */
export interface Recipe {
  /** Several where nothing was asked for: the best plan wins. */
  readonly method: QuantMethod | readonly QuantMethod[];
  readonly methodOptions: MethodOptions;
  readonly target: Target;
  readonly backend: Backend;
  readonly config: QuantConfigInput;
  readonly search: NonNullable<QuantizeOptions["search"]>;
  /** Undefined: those that are found. */
  readonly bridges: readonly (readonly string[])[] | undefined;
  /** Undefined: as many as the data suggests. */
  readonly samples: number | undefined;
  readonly seed: number;
  /** The patterns of `--exclude` and of the file's `exclude`. */
  readonly excluded: readonly string[];
  readonly file: ConfigFile;
}

type MethodOptions = { readonly [name: string]: Json };

/** @throws `invalid-config`, `unknown-name`. */
export async function readRecipe(flags: QuantizationOptions, cwd: string): Promise<Recipe> {
  const path = flags.config === undefined ? undefined : resolve(cwd, flags.config);
  const file = path === undefined ? {} : await readConfig(path);
  const registry = await openRegistry({ flags: flags.plugin ?? [], ...(path && { file: { path, plugins: file.plugins ?? [] } }) }, cwd);
  const targetName = flags.target ?? file.target;
  const target = targetName === undefined ? await nodeTarget() : await registry.target(targetName);
  const options = methodOptions(file, flags);
  const searchSamples = flags.searchSamples ?? file.searchSamples;
  const maxMemoryMB = flags.maxMemory ?? file.maxMemory;
  return {
    method: methodOf(flags.method ?? file.method, options, registry),
    methodOptions: options,
    target,
    backend: backendFor(target, registry),
    config: quantConfig(file, flags, target),
    search: { ...(searchSamples !== undefined && { samples: searchSamples }), ...(maxMemoryMB !== undefined && { maxMemoryMB }) },
    bridges: flags.bridges === undefined ? file.bridges : await readBridges(resolve(cwd, flags.bridges)),
    samples: flags.samples ?? file.samples,
    seed: flags.seed ?? file.seed ?? 0,
    excluded: exclusions(file, flags),
    file,
  };
}

function methodOf(name: string | undefined, options: MethodOptions, registry: Registry): Recipe["method"] {
  if (name === undefined && Object.keys(options).length === 0) return staticMethods();
  return registry.method(name ?? "min-max", options);
}

/** `calibration` is an option of the method like any other, with a flag of its own. */
function methodOptions(file: ConfigFile, flags: QuantizationOptions): MethodOptions {
  const calibration = flags.calibration ?? file.calibration;
  if (calibration !== undefined && file.methodOptions?.["calibration"] !== undefined && flags.calibration === undefined) {
    throw new QuantError("invalid-config", "The configuration file gives both calibration and methodOptions.calibration; keep one.", {
      details: { field: "methodOptions.calibration" },
    });
  }
  return { ...file.methodOptions, ...flags.methodOption, ...(calibration !== undefined && { calibration }) };
}
