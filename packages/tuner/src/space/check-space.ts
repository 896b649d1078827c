import { type Candidate, QuantError, type SearchCondition, type SearchSpace } from "@halftone/core";
import { brokenRule, isActive } from "./conditions.ts";

/** @throws `invalid-config` naming the field. */
export function checkSpace(space: SearchSpace): void {
  const known = new Map<string, readonly unknown[]>();
  if (space.dimensions.length === 0) throw invalid("dimensions", `space "${space.name}" has none`);
  for (const [index, { name, values, when }] of space.dimensions.entries()) {
    const field = `dimensions.${index}`;
    if (known.has(name)) throw invalid(`${field}.name`, `"${name}" is there twice`);
    if (values.length === 0) throw invalid(`${field}.values`, `"${name}" has no value`);
    if (new Set(values).size < values.length) throw invalid(`${field}.values`, `"${name}" has a value twice`);
    if (when) checkCondition(when, known, `${field}.when`);
    known.set(name, values);
  }
  for (const [index, rule] of (space.rules ?? []).entries()) {
    checkCondition(rule.when, known, `rules.${index}.when`);
    checkCondition(rule.only, known, `rules.${index}.only`);
  }
}

/** @throws `invalid-config` naming the dimension, or giving the reason of the rule that forbids the combination. */
export function checkCandidate(space: SearchSpace, candidate: Candidate): void {
  for (const dimension of space.dimensions) {
    const value = candidate[dimension.name];
    const active = isActive(dimension, candidate);
    if (!active && value !== undefined) throw invalid(dimension.name, "has a value although the candidate's other values switch it off");
    if (active && value === undefined) throw invalid(dimension.name, "has no value");
    if (active && !dimension.values.includes(value!)) throw invalid(dimension.name, `${JSON.stringify(value)} is not one of ${dimension.values.join(", ")}`);
  }
  const stranger = Object.keys(candidate).find((name) => !space.dimensions.some((dimension) => dimension.name === name));
  if (stranger !== undefined) throw invalid(stranger, `is no dimension of space "${space.name}"`);
  const rule = brokenRule(space.rules, candidate);
  if (rule) throw invalid(Object.keys(rule.only)[0]!, `this combination is ruled out: ${rule.reason}`);
}

function checkCondition(condition: SearchCondition, known: ReadonlyMap<string, readonly unknown[]>, field: string): void {
  for (const [name, values] of Object.entries(condition)) {
    const possible = known.get(name);
    if (!possible) throw invalid(`${field}.${name}`, "names a dimension that does not come before it");
    const stranger = values.find((value) => !possible.includes(value));
    if (stranger !== undefined) throw invalid(`${field}.${name}`, `${JSON.stringify(stranger)} is no value of that dimension`);
  }
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Search space, field ${field}: ${problem}.`, { details: { field } });
}
