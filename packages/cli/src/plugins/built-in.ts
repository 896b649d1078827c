import { definePlugin, type Plugin } from "@halftone/core";
import { easyQuant } from "@halftone/easyquant";
import { fqVit, type Observer } from "@halftone/fq-vit";
import { minMax } from "@halftone/min-max";
import { mobileTargets } from "@halftone/mobile";
import { nodeBackend, nodeTargets } from "@halftone/node";
import { ptq4vit } from "@halftone/ptq4vit";
import { qHyVit } from "@halftone/q-hyvit";
import { repqVit } from "@halftone/repq-vit";
import { webTargets } from "@halftone/web";
import { phoneLike } from "./backend-for.ts";
import { strictOptions } from "./strict-options.ts";

/** What the command knows without plugins. */
export function builtIn(): Plugin {
  return definePlugin({
    name: "@halftone/cli",
    methods: {
      "min-max": strictOptions("min-max", minMax, { calibration: true, percentile: true, momentum: true, weightClipping: true }),
      easyquant: strictOptions("easyquant", easyQuant, {
        ...{ candidates: true, smallestFactor: true, largestFactor: true, rounds: true, tolerance: true },
        ...{ calibration: true, groupsPerPass: true, compat: true },
      }),
      "fq-vit": strictOptions("fq-vit", fqVit, {
        ...{ observer: true, momentum: true, percentile: true, zeroPointGuard: true },
        ...{ largestExponent: true, softmax: true, softmaxBits: true },
      }),
      ptq4vit: strictOptions("ptq4vit", ptq4vit, {
        ...{ metric: true, twin: true, twinConvolutions: true, weightGranularity: true, candidates: true, rounds: true, compat: true },
      }),
      "repq-vit": strictOptions("repq-vit", repqVit, { softmax: true, reparameterization: true, zeroPointGuard: true, groupsPerPass: true, positions: true }),
      "q-hyvit": strictOptions("q-hyvit", qHyVit, {
        ...{ search: true, candidates: true, smallestFactor: true, largestFactor: true, rounds: true },
        ...{ zeroPointGuard: true, weightRounding: true, compat: true },
      }),
    },
    dimensions: { "fq-vit": [{ name: "observer", values: ["min-max", "ema", "percentile", "omse"] satisfies readonly Observer[] }] },
    targets: Object.fromEntries([...nodeTargets(), ...webTargets(), ...mobileTargets()].map((target) => [target.name, () => target])),
    backends: { node: () => nodeBackend(), [phoneLike]: () => nodeBackend({ keepInt8: true }) },
  });
}
