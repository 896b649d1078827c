import { resolve } from "node:path";
import { type Plugin, QuantError, type SearchSpace } from "@halftone/core";
import { checkSpace, presetSpace, withOptionDimensions } from "@halftone/tuner";
import { readSpace } from "../config/read-config.ts";

export const spaceNames = ["quantune-96", "integer-only-12", "full"] as const;

export interface SpaceOptions {
  readonly space: string;
  readonly method?: readonly string[];
  readonly bits?: readonly string[];
  readonly sensitive?: readonly number[];
}

type Widening = { readonly [Name in "method" | "bits" | "sensitive"]: SpaceOptions[Name] | undefined };

/** Where a space is opened. */
interface Surroundings {
  /** How much data there is. */
  readonly samples: number;
  readonly plugins: readonly Plugin[];
  readonly cwd: string;
}

export interface OpenedSpace {
  readonly space: SearchSpace;
  /** The most calibration samples that any of its candidates asks for. */
  readonly images: number;
}

const usualImages = [1, 64, 512];
const imagesWithoutDimension = 128;

/** A preset, its images cut down to three quarters of the samples, or a file; with the options that plugins offer of its methods. @throws `invalid-config`. */
export async function openSpace({ space: name, method, bits, sensitive }: SpaceOptions, { samples, plugins, cwd }: Surroundings): Promise<OpenedSpace> {
  const most = Math.max(1, Math.floor(0.75 * samples));
  const isWider = method !== undefined || bits !== undefined || sensitive !== undefined;
  if (name !== "full" && isWider) throw invalid(`--method, --bits and --sensitive widen the space full; ${name} says itself what is chosen`);
  const space = isPreset(name) ? preset(name, { method, bits, sensitive }, most) : await readSpace(resolve(cwd, name));
  return fitting(withOptionDimensions(space, plugins), samples, most);
}

function preset(name: string, { method, bits, sensitive }: Widening, most: number): SearchSpace {
  return presetSpace(name, {
    images: [...new Set(usualImages.map((count) => Math.min(count, most)))],
    ...(method && { methods: [...new Set(method)] }),
    ...(bits && { bits: [...new Set(bits)] }),
    ...(sensitive && { sensitive: [...new Set(sensitive)] }),
  });
}

function isPreset(name: string): name is (typeof spaceNames)[number] {
  return (spaceNames as readonly string[]).includes(name);
}

function fitting(space: SearchSpace, samples: number, most: number): OpenedSpace {
  checkSpace(space);
  const counts = space.dimensions.find(({ name }) => name === "images")?.values.map(Number) ?? [Math.min(imagesWithoutDimension, most)];
  const images = Math.max(...counts);
  if (images < samples) return { space, images };
  throw invalid(`space "${space.name}" calibrates with up to ${images} samples, and there are ${samples} of which some have to be left to measure with`);
}

function invalid(problem: string): QuantError {
  return new QuantError("invalid-config", `--space: ${problem}.`, { details: { field: "--space" } });
}
