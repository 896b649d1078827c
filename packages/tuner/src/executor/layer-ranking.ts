import { type NodeView, type RunMemory, sensitivity } from "@halftone/core";
import { imagesToLearnFrom } from "./images-to-learn-from.ts";
import type { PipelineExecutorOptions } from "./pipeline-executor.ts";

type RankingOptions = Pick<PipelineExecutorOptions, "model" | "backend" | "target" | "calibration" | "method" | "space" | "seed"> & {
  readonly memory: RunMemory;
  readonly layers: readonly NodeView[];
};

const measured = 4;

/** Names of the layers by what quantizing each alone costs under the target's defaults, the most expensive first. Measured when it is first asked for. */
export function layerRanking({
  calibration,
  method,
  layers,
  space,
  seed = 0,
  ...options
}: RankingOptions): (signal: AbortSignal) => Promise<readonly string[]> {
  let known: Promise<readonly string[]> | undefined;
  const measure = async (signal: AbortSignal): Promise<readonly string[]> => {
    const names = new Set(layers.map(({ name }) => name));
    const rows = await sensitivity({
      ...options,
      seed,
      method: method("min-max", { calibration: "max" }),
      source: calibration(imagesToLearnFrom(space)),
      samples: measured,
      signal,
    });
    const own = rows.filter(({ node }) => names.has(node));
    return own.sort((one, other) => one.isolated.sqnrDb - other.isolated.sqnrDb).map(({ node }) => node);
  };
  return (signal) => {
    known ??= measure(signal).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
