import { definePlugin, type Plugin } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { nodeBackend, nodeTargets } from "@halftone/node";
import { minMaxOptions } from "../config/min-max-options.ts";

/** What the command knows without plugins. */
export function builtIn(): Plugin {
  return definePlugin({
    name: "@halftone/cli",
    methods: { "min-max": (options) => minMax(minMaxOptions(options)) },
    targets: Object.fromEntries(nodeTargets().map((target) => [target.name, () => target])),
    backends: { node: () => nodeBackend() },
  });
}
