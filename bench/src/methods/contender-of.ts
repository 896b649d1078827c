import { QuantError } from "@halftone/core";
import { ptq4vitSteps, qHyVitExtras, qHyVitSteps } from "./ablations.ts";
import { type Contender, contenders } from "./contenders.ts";

/** @throws `unknown-name` */
export function contenderOf(name: string): Contender {
  const contender = { ...contenders, ...qHyVitSteps, ...qHyVitExtras, ...ptq4vitSteps }[name];
  if (!contender) throw new QuantError("unknown-name", `No method of the benchmark is called ${name}.`, { details: { name } });
  return contender;
}
