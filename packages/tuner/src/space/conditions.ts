import type { Candidate, SearchCondition, SearchDimension, SearchRule } from "@halftone/core";

export function holds(condition: SearchCondition, candidate: Candidate): boolean {
  return Object.entries(condition).every(([name, values]) => Object.hasOwn(candidate, name) && values.includes(candidate[name]!));
}

export function isActive({ when }: SearchDimension, candidate: Candidate): boolean {
  return when === undefined || holds(when, candidate);
}

export function brokenRule(rules: readonly SearchRule[] | undefined, candidate: Candidate): SearchRule | undefined {
  return rules?.find((rule) => holds(rule.when, candidate) && !holds(rule.only, candidate));
}
