import type { Observation, Observer } from "../spec/index.ts";

/** An observation and what was seen so far. */
export interface Observed {
  readonly observation: Observation<unknown>;
  readonly observer: Observer<unknown>;
}

/** Observations with equal keys are collected once. */
export function observedByKey(observations: readonly Observation<unknown>[]): ReadonlyMap<string, Observed> {
  const distinct = new Map(observations.map((observation) => [observation.key, observation]));
  return new Map([...distinct].map(([key, observation]) => [key, { observation, observer: observation.createObserver() }]));
}
