import type { IntegerDtype } from "../spec/index.ts";
import { type Measurement, measure, type ProbedRuntime } from "./measure.ts";
import type { OperatorProbe, ProbeTypes } from "./operator-model.ts";
import { operatorProbes } from "./operators.ts";

const bytes: readonly IntegerDtype[] = ["uint8", "int8"];
const words: readonly IntegerDtype[] = ["uint16", "int16"];

/** 7 bits: kernels without VNNI add two products in 16 bits, which only a reduced range cannot overflow. */
const weightTypes: readonly Pick<ProbeTypes, "weight" | "weightBits">[] = [
  { weight: "uint8" },
  { weight: "int8" },
  { weight: "int8", weightBits: 7 },
  { weight: "uint4" },
  { weight: "int4" },
  { weight: "uint16" },
  { weight: "int16" },
];

/** With 8-bit activations, 16-bit weights have no use. */
function weightTypesFor(activation: IntegerDtype): typeof weightTypes {
  return bytes.includes(activation) ? weightTypes.filter(({ weight }) => !words.includes(weight!)) : weightTypes.filter(({ weightBits }) => !weightBits);
}

/** A line of the table: what was asked, and what the runtime did. */
export interface ProbeRow extends ProbeTypes, Measurement {
  readonly op: string;
  readonly variant?: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly role: OperatorProbe["role"];
}

/** Asks the runtime about every operator at every choice of types. Combinations it refuses to run at all leave no row. */
export async function probeRuntime(runtime: ProbedRuntime, probes: readonly OperatorProbe[] = operatorProbes): Promise<readonly ProbeRow[]> {
  const rows: ProbeRow[] = [];
  for (const probe of probes) {
    for (const types of typesOf(probe)) {
      const measurement = await measure(runtime, probe, types);
      if (measurement)
        rows.push({
          op: probe.op,
          ...(probe.variant ? { variant: probe.variant } : {}),
          ...(probe.where ? { where: probe.where } : {}),
          role: probe.role,
          ...types,
          ...measurement,
        });
    }
  }
  return rows;
}

function typesOf(probe: OperatorProbe): readonly ProbeTypes[] {
  const outputs = probe.role === "weighted" ? [{}, { floatOutput: true }] : [{}];
  return [...bytes, ...words].flatMap((activation) => {
    if (!probe.weight) return outputs.map((output) => ({ activation, ...output }));
    return weightTypesFor(activation).flatMap((weight) =>
      [false, true].flatMap((perChannel) => outputs.map((output) => ({ activation, ...weight, perChannel, ...output }))),
    );
  });
}
