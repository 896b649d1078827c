import { type Candidate, type SearchQuestion, type SearchStrategy, seededRandom, type Trial, type WorkloadTrials } from "@halftone/core";
import { describe, expect, test } from "vitest";
import { keyOf } from "../space/candidate-key.ts";
import { enumerate } from "../space/enumerate.ts";
import { quantune96 } from "../space/presets.ts";
import { describeStrategy } from "../testing/describe-strategy.ts";
import { strategyByName, strategyNames } from "./by-name.ts";
import { successiveHalving } from "./successive-halving.ts";
import { transferSearch } from "./transfer/transfer.ts";

for (const name of strategyNames) describeStrategy(name, () => strategyByName(name));
describeStrategy("halving:random", () => strategyByName("halving:random"), { skipExhaustion: "measures the better candidates again, on more data" });
describeStrategy("transfer without other workloads", () => withoutOthers(transferSearch()));

test("a name that does not exist is refused", () => {
  expect(() => strategyByName("halving:annealing")).toThrow(expect.objectContaining({ code: "unknown-name", details: { name: "annealing" } }));
});

const space = quantune96();

describe("grid", () => {
  test("follows the canonical order", () => {
    const history = search(strategyByName("grid"), () => 0, 96, 0);
    expect(history.map(({ candidate }) => candidate)).toEqual(enumerate(space));
  });
});

describe("random", () => {
  test("reaches one of k goals among N in (N + 1) / (k + 1) trials on average", () => {
    const candidates = enumerate(space);
    const goals = new Set([3, 40, 77].map((index) => keyOf(candidates[index]!)));
    const seeds = 400;
    const counts = Array.from({ length: seeds }, (_, seed) => {
      const order = strategyByName("random").ask({ ...questionOf([], seed, []), count: 96 });
      return 1 + order.findIndex(({ candidate }) => goals.has(keyOf(candidate)));
    });
    const expected = 97 / 4;
    // The standard deviation of one count is below its mean: four standard errors of the mean.
    expect(Math.abs(counts.reduce((sum, count) => sum + count, 0) / seeds - expected)).toBeLessThan((4 * expected) / Math.sqrt(seeds));
  });
});

describe("genetic", () => {
  test("breeds towards what scores well: better than random after five generations", () => {
    const meanOfBest = (name: string): number => {
      const bests = Array.from({ length: 20 }, (_, seed) => Math.max(...search(strategyByName(name), smooth(1), 30, seed).map(scoreOf)));
      return bests.reduce((sum, best) => sum + best, 0) / bests.length;
    };
    expect(meanOfBest("genetic")).toBeGreaterThan(meanOfBest("random"));
  });
});

describe("boosted trees", () => {
  test("come closer to the best of an additive landscape in 16 trials than random does, which leaves 4.7 candidates above it", () => {
    const score = smooth(2);
    const seeds = 5;
    const above = Array.from({ length: seeds }, (_, seed) => {
      const best = Math.max(...search(strategyByName("boosted-trees"), score, 16, seed).map(scoreOf));
      return enumerate(space).filter((candidate) => score(candidate) > best).length;
    });
    expect(above.reduce((sum, count) => sum + count, 0) / seeds).toBeLessThan(1.5);
  });
});

describe("transfer", () => {
  const others = [3, 4, 5].map((variant): WorkloadTrials => {
    const trials = enumerate(space).map((candidate, id) => trialOf(candidate, related(variant)(candidate), id, `other ${variant}`));
    return { workload: { id: `other ${variant}`, features: {}, reference: 10 }, trials };
  });

  test("starts where other workloads agree", () => {
    const [first] = search(transferSearch(), related(6), 1, 0, others);
    const rank = enumerate(space).filter((candidate) => related(6)(candidate) > scoreOf(first!)).length;
    expect(rank).toBeLessThan(5);
  });

  test("leaves what others recommend when this workload turns out different", () => {
    const reversed = (candidate: Candidate): number => -related(6)(candidate);
    const best = Math.max(...enumerate(space).map(reversed));
    const history = search(transferSearch(), reversed, 60, 0, others);
    expect(history.findIndex((trial) => scoreOf(trial) === best)).toBeGreaterThan(-1);
  });

  test("does not depend on the unit of the score, on the order of the workloads or of their trials", () => {
    const answer = search(transferSearch(), related(6), 8, 0, others).map(({ candidate }) => keyOf(candidate));
    const shuffled = [...others].reverse().map(({ workload, trials }) => ({ workload, trials: [...trials].reverse() }));
    expect(search(transferSearch(), related(6), 8, 0, shuffled).map(({ candidate }) => keyOf(candidate))).toEqual(answer);
    const inPercent = others.map(({ workload, trials }) => ({ workload: { ...workload, reference: 1000 }, trials: trials.map((trial) => scaled(trial, 100)) }));
    const answerInPercent = search(transferSearch(), (candidate) => 100 * related(6)(candidate), 8, 0, inPercent, 1000);
    expect(answerInPercent.map(({ candidate }) => keyOf(candidate))).toEqual(answer);
  });

  test("learns from rows of another space, and skips workloads that say nothing", () => {
    const foreign = others.map(({ workload, trials }) => ({
      workload,
      trials: trials.map((trial) => ({ ...trial, candidate: { ...trial.candidate, images: 7, bits: "w8a8" } })),
    }));
    const silent = { workload: { id: "silent", features: {} }, trials: [trialOf(enumerate(space)[0]!, 1, 0, "silent")] };
    expect(search(transferSearch(), related(6), 5, 0, [...foreign, silent])).toHaveLength(5);
  });
});

describe("successive halving", () => {
  test("measures the better third again on three times the data, up to all of it", () => {
    const history = search(successiveHalving(strategyByName("random")), smooth(1), 60, 1);
    const [small, middle, all] = [1 / 9, 1 / 3, 1].map((effort) => history.filter((trial) => Math.abs(trial.effort - effort) < 1e-9).map(scoreOf));
    // Somewhat more than a third rises: who was among the best of few is not always among the best of many.
    expect(middle!.length).toBeLessThan(small!.length / 2);
    expect(all!.length).toBeLessThan(middle!.length / 1.5);
    expect(all!.length).toBeGreaterThan(2);
    expect(Math.max(...all!)).toBe(Math.max(...small!));
  });

  test("refuses options that are no reduction", () => {
    expect(() => successiveHalving(strategyByName("grid"), { reduction: 1 })).toThrow(expect.objectContaining({ details: { field: "reduction" } }));
    expect(() => successiveHalving(strategyByName("grid"), { smallest: 1 })).toThrow(expect.objectContaining({ details: { field: "smallest" } }));
  });
});

function search(
  strategy: SearchStrategy,
  score: (candidate: Candidate) => number,
  trials: number,
  seed: number,
  others: readonly WorkloadTrials[] = [],
  reference = 10,
) {
  const history: Trial[] = [];
  while (history.length < trials) {
    const [proposal] = strategy.ask(questionOf(history, seed, others, reference));
    if (!proposal) break;
    history.push({ ...trialOf(proposal.candidate, score(proposal.candidate), history.length, "own"), effort: proposal.effort });
  }
  return history;
}

function questionOf(history: readonly Trial[], seed: number, others: readonly WorkloadTrials[], reference = 10): SearchQuestion {
  return { space, workload: { id: "own", features: {}, reference }, history, pending: [], others, count: 1, seed };
}

function scaled(trial: Trial, factor: number): Trial {
  return { ...trial, outcome: { status: "done", score: factor * scoreOf(trial), metrics: {} } };
}

function trialOf(candidate: Candidate, score: number, id: number, workload: string): Trial {
  return { id, workload, candidate, effort: 1, outcome: { status: "done", score, metrics: {} } };
}

/** Every value of every dimension adds something of its own. */
function smooth(variant: number): (candidate: Candidate) => number {
  const random = seededRandom(variant);
  const worth = new Map(space.dimensions.flatMap(({ name, values }) => values.map((value) => [`${name} ${value}`, 4 * random()])));
  return (candidate) => Object.entries(candidate).reduce((sum, [name, value]) => sum + worth.get(`${name} ${value}`)!, 0);
}

/** One landscape, with deviations of its own. */
function related(variant: number): (candidate: Candidate) => number {
  const [shared, own] = [smooth(1), smooth(variant)];
  return (candidate) => shared(candidate) - 9 + 0.1 * own(candidate);
}

function withoutOthers(strategy: SearchStrategy): SearchStrategy {
  return { ...strategy, ask: (question) => strategy.ask({ ...question, others: [] }) };
}

function scoreOf({ outcome }: Trial): number {
  return outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY;
}
