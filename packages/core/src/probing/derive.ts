import type { IntegerDtype, OperatorSupport } from "../spec/index.ts";
import type { ProbeRow } from "./probe-runtime.ts";
import type { ProbedTable } from "./probed-table.ts";

/** Largest distance, in steps of the output, that another order of rounding explains. */
const exactWithin = 1;

/**
 * Draws the table from the measurements. Activation and weight types are listed only where every pair of them works,
 * in every variant of the operator, so that both can be chosen apart.
 */
export function tableOf(rows: readonly ProbeRow[], runtime: string, machine: string): ProbedTable {
  const names = [...new Set(rows.map((row) => row.op))];
  const supports = names.map((op) => [op, supportOf(rows.filter((row) => row.op === op))] as const);
  return {
    runtime,
    machine,
    operators: Object.fromEntries(supports.flatMap(([op, support]) => (support ? [[op, support]] : []))),
    float: supports.flatMap(([op, support]) => (support ? [] : [op])),
  };
}

function supportOf(all: readonly ProbeRow[]): OperatorSupport | undefined {
  const where = all.find((row) => row.where && isExact(row))?.where;
  const rows = where ? all.filter((row) => row.where === where) : all;
  return rows[0]!.role === "weighted" ? weightedSupport(rows) : activationSupport(rows, where);
}

function activationSupport(rows: readonly ProbeRow[], where: ProbeRow["where"]): OperatorSupport | undefined {
  const activations = exactActivations(rows);
  if (activations.length === 0) return undefined;
  return { role: rows[0]!.role, activations, weights: [], perChannelWeights: false, ...(where && { where }) };
}

function weightedSupport(rows: readonly ProbeRow[]): OperatorSupport | undefined {
  const narrowed = narrowedBits(rows);
  const trusted = rows.filter((row) => !row.weight || row.weightBits === narrowed.get(row.weight));
  const quantized = trusted.filter((row) => !row.floatOutput);
  const twoActivations = quantized.filter((row) => !row.weight);
  const perTensor = quantized.filter((row) => row.weight && !row.perChannel);

  const bothActivations = twoActivations.some(isExact);
  const works = (activation: IntegerDtype, weight: IntegerDtype) => allExact(perTensor.filter((row) => row.activation === activation && row.weight === weight));
  const pairs = perTensor.filter((row) => works(row.activation, row.weight!));
  const paired = unique(pairs.map((row) => row.activation));
  const activations = bothActivations ? paired.filter((type) => exactActivations(twoActivations).includes(type)) : paired;
  const weights = unique(pairs.map((row) => row.weight!)).filter((weight) => activations.every((activation) => works(activation, weight)));
  if (activations.length === 0 || weights.length === 0) return undefined;

  const chosen = trusted.filter((row) => activations.includes(row.activation) && (!row.weight || weights.includes(row.weight)));
  const weightBits = Object.fromEntries([...narrowed].filter(([weight]) => weights.includes(weight)));
  return {
    role: "weighted",
    activations,
    weights,
    perChannelWeights: allExact(chosen.filter((row) => row.perChannel && !row.floatOutput)),
    ...(bothActivations && { bothActivations }),
    ...(allExact(chosen.filter((row) => row.floatOutput)) && { floatOutput: true }),
    ...(Object.keys(weightBits).length > 0 && { weightBits }),
  };
}

/** Weight types that have a kernel which is not exact over the whole type, and the width at which it was probed again. */
function narrowedBits(rows: readonly ProbeRow[]): ReadonlyMap<IntegerDtype, number> {
  const inexact = unique(rows.filter((row) => row.kernel !== undefined && !row.weightBits && !isExact(row)).flatMap((row) => row.weight ?? []));
  return new Map(inexact.flatMap((weight) => rows.flatMap((row) => (row.weight === weight && row.weightBits ? [[weight, row.weightBits] as const] : []))));
}

function exactActivations(rows: readonly ProbeRow[]): IntegerDtype[] {
  return unique(rows.map((row) => row.activation)).filter((type) => allExact(rows.filter((row) => row.activation === type)));
}

function isExact(row: ProbeRow): boolean {
  return row.kernel !== undefined && row.error <= exactWithin;
}

function allExact(rows: readonly ProbeRow[]): boolean {
  return rows.length > 0 && rows.every(isExact);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
