import { readFileSync } from "node:fs";
import { type MethodContext, type ModelFiles, normalize, type Observation, plan, type QuantMethod, readModel, type Tensors, writeModel } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { openWorkload } from "../shared/open-workload.ts";

export const subjectNames = ["mobilenet-v2-1.0-224", "vit-tiny-patch16-224", "pp-ocrv4-rec"] as const;

/** A model as calibration meets it in the pipeline. */
export interface Subject {
  readonly original: ModelFiles;
  readonly normalized: ModelFiles;
  /** Prepared samples, in memory. */
  readonly feeds: readonly Tensors[];
  /** What a method wants to see of it, for the machine's own target. */
  observe(method: QuantMethod): readonly Observation<unknown>[];
}

export async function prepareSubject(name: string, samples: number): Promise<Subject> {
  const workload = await openWorkload(name, { calibration: samples, evaluation: 0 });
  const feeds: Tensors[] = [];
  for await (const each of workload.calibration) feeds.push(each);
  const backend = nodeBackend();
  const original = { model: new Uint8Array(readFileSync(workload.model)) };
  const model = readModel(original);
  await normalize(model, { backend, feeds: feeds[0]! });
  const context = await contextOf(original, feeds[0]!);
  return { original, normalized: writeModel(model), feeds, observe: (method) => method.observe(context) };
}

/** What the pipeline shows a method, overheard while one plans with a single sample. */
async function contextOf(model: ModelFiles, feeds: Tensors): Promise<MethodContext> {
  let context: MethodContext | undefined;
  const method = minMax();
  const observe: QuantMethod["observe"] = (given) => {
    context = given;
    return method.observe(given);
  };
  const source = {
    id: "one sample",
    async *[Symbol.asyncIterator]() {
      yield feeds;
    },
  };
  await plan({ model, source, method: { ...method, observe }, backend: nodeBackend(), target: await nodeTarget() });
  return context!;
}
