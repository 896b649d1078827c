import { resolve } from "node:path";
import { type Metric, QuantError, type Tensor, topK } from "@halftone/core";
import { readLabels, type SampleSource } from "@halftone/node";
import type { Context } from "../outcome.ts";

export interface Labelled {
  readonly source: SampleSource;
  /** Top-1 and top-5, or none without labels. */
  readonly metrics: readonly Metric[];
}

/** The samples that have a label, and the metrics that hold it against the model. @throws `invalid-data`. */
export async function withLabels(source: SampleSource, labels: string | undefined, context: Context): Promise<Labelled> {
  if (labels === undefined) return { source, metrics: [] };
  const file = resolve(context.cwd, labels);
  const classes = await readLabels(file);
  const classOf = (name: string): number | undefined => classes.get(name) ?? classes.get(name.split("/").at(-1)!);
  const known = [...source.names.keys()].filter((index) => classOf(source.names[index]!) !== undefined);
  const unknown = source.names.length - known.length;
  if (known.length === 0) {
    const [sample, label] = [source.names[0], [...classes.keys()][0]];
    throw new QuantError("invalid-data", `The labels ${file} name none of the samples: a sample is "${sample}", a label is for "${label}".`, {
      details: { file },
    });
  }
  if (unknown > 0) context.note(`warning: ${unknown} of ${source.names.length} samples have no label in ${labels} and are left out`);
  const labelled = unknown === 0 ? source : source.pick(known);
  const labelOf = (index: number): number => classOf(labelled.nameOf(index)!)!;
  return { source: labelled, metrics: [1, 5].map((k) => labelledTopK(k, labelOf)) };
}

function labelledTopK(k: number, labelOf: (index: number) => number): Metric {
  return {
    name: `top${k}`,
    create: () => {
      const labels: number[] = [];
      const accumulator = topK(k, labels).create();
      return {
        update: (outputs, index) => {
          const label = labelOf(index);
          checkScores(Object.entries(outputs)[0]!, label);
          labels.push(label);
          accumulator.update(outputs, index);
        },
        result: accumulator.result,
      };
    },
  };
}

function checkScores([name, { dtype, shape }]: readonly [string, Tensor], label: number): void {
  const [rows, classes] = shape;
  if (shape.length !== 2 || dtype !== "float32" || rows !== 1 || classes! < 2) {
    throw new QuantError(
      "invalid-data",
      `Labels need a model whose first output is class scores, float32 [1, classes]; ${name} is ${dtype} [${shape.join(", ")}].`,
      { details: { output: name, shape } },
    );
  }
  if (label >= classes!) {
    throw new QuantError("invalid-data", `A label is class ${label}, but ${name} has ${classes} classes, counted from 0: these labels are for another model.`, {
      details: { output: name, label, classes: classes! },
    });
  }
}
