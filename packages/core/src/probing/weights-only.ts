/**
 * Weights alone stored as integers: DequantizeLinear in front of an operator that computes in float. Every runtime
 * computes that; the question is whether it does so exactly, on its own kernels, with every storage type.
 */
import type { IntegerDtype, ModelFiles, OperatorSupport, Tensors } from "../spec/index.ts";
import { patternCodes } from "./codes.ts";
import { feedsOf, largestDistance, outputsOf, type ProbedRuntime } from "./measure.ts";
import { type OperatorProbe, weightsOnlyModel } from "./operator-model.ts";

/** A line of the table: an operator whose weight is stored in one type, and whether the runtime runs it as it should. */
export interface WeightsOnlyRow {
  readonly op: string;
  readonly weight: IntegerDtype;
  readonly perChannel: boolean;
  /** Whether the runtime runs all of it where it was asked to. */
  readonly runs: boolean;
  /** Largest distance to the unoptimized model, as a share of the largest output. */
  readonly error: number;
}

/** A runtime that is to be asked about weights: where it cannot run a model on its own kernels, `runs` answers false. */
export interface WeightsOnlyRuntime extends Required<Pick<ProbedRuntime, "backend" | "reference">> {
  runs(model: ModelFiles, feeds: Tensors): Promise<boolean>;
}

const weightTypes: readonly IntegerDtype[] = ["int8", "uint8", "int4", "uint4"];

/** Float arithmetic in another order, and of another device. */
const exactWithin = 1e-5;

export async function probeWeightsOnly(runtime: WeightsOnlyRuntime, probes: readonly OperatorProbe[]): Promise<readonly WeightsOnlyRow[]> {
  const rows: WeightsOnlyRow[] = [];
  for (const probe of probes.filter(({ weight }) => weight)) {
    for (const weight of weightTypes) for (const perChannel of [false, true]) rows.push(await rowOf(runtime, probe, weight, perChannel));
  }
  return rows;
}

async function rowOf(
  { backend, runs, reference }: WeightsOnlyRuntime,
  probe: OperatorProbe,
  weight: IntegerDtype,
  perChannel: boolean,
): Promise<WeightsOnlyRow> {
  const { shape, channelAxis } = probe.weight!;
  const count = shape.reduce((product, size) => product * size, 1);
  const model = weightsOnlyModel(probe, patternCodes(weight, count, perChannel ? shape[channelAxis]! : 1));
  const feeds = feedsOf(probe);
  const row = { op: probe.op, weight, perChannel };
  try {
    if (!(await runs(model, feeds))) return { ...row, runs: false, error: 0 };
    const expected = await outputsOf(reference, model, feeds, "disabled");
    const actual = await outputsOf(backend, model, feeds, "all");
    return { ...row, runs: true, error: largestDistance(actual, expected) / Math.max(...expected.flatMap((output) => [...output].map(Math.abs))) };
  } catch {
    return { ...row, runs: false, error: 0 };
  }
}

/** What a table says of operators that are exact with at least one storage type, in every variant; types that are not are left out. */
export function weightsOnlyOperators(rows: readonly WeightsOnlyRow[]): Readonly<Record<string, OperatorSupport>> {
  const names = [...new Set(rows.map(({ op }) => op))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const own = rows.filter(({ op }) => op === name);
      const works = (weight: IntegerDtype, perChannel: boolean) =>
        own.filter((row) => row.weight === weight && row.perChannel === perChannel).every((row) => row.runs && row.error <= exactWithin);
      const weights = weightTypes.filter((weight) => works(weight, false));
      const perChannelWeights = weights.every((weight) => works(weight, true));
      return weights.length === 0 ? [] : [[name, { role: "weighted", activations: [], weights, perChannelWeights }] as const];
    }),
  );
}
