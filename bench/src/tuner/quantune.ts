import { readFile } from "node:fs/promises";
import type { Candidate, SearchSpace } from "@halftone/core";
import { quantune96 } from "@halftone/tuner";
import { type Landscape, landscapeOf } from "./landscape.ts";

interface File {
  readonly features: Readonly<Record<string, readonly number[]>> & { readonly columns: readonly string[] };
  readonly models: Readonly<Record<string, { readonly float_top1: number; readonly trials: readonly Row[] }>>;
}

interface Row {
  readonly scheme: string;
  readonly clipping: string;
  readonly granularity: string;
  readonly images: number;
  readonly precision: string;
  readonly top1: number;
}

/** The figures of Quantune's author (arXiv 2202.05048): ImageNet top-1 in percent. */
export async function readQuantune(path: string): Promise<readonly Landscape[]> {
  const { features, models } = JSON.parse(await readFile(path, "utf8")) as File;
  return Object.entries(models).map(([name, { float_top1: reference, trials }]) => {
    const rows = trials.map(candidateOf);
    const own = Object.fromEntries(features.columns.map((column, index) => [column, features[name]![index]!]));
    const space = measuredPart(new Set(rows.map(([{ precision }]) => precision)));
    return landscapeOf({ id: name, features: own, reference }, space, rows);
  });
}

/** Of four networks only the fully quantized half was measured. */
function measuredPart(precisions: ReadonlySet<unknown>): SearchSpace {
  const space = quantune96({ images: [1, 1000, 10000] });
  const only = (values: SearchSpace["dimensions"][number]["values"]) => values.filter((value) => precisions.has(value));
  return { ...space, dimensions: space.dimensions.map((each) => (each.name === "precision" ? { ...each, values: only(each.values) } : each)) };
}

function candidateOf({ scheme, clipping, granularity, images, precision, top1 }: Row): readonly [Candidate, number] {
  return [{ scheme: scheme.replaceAll("_", "-"), clipping, granularity, images, precision }, top1];
}
