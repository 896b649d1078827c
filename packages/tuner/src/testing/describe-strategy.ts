import type { Candidate, Outcome, Proposal, SearchQuestion, SearchSpace, SearchStrategy, Trial, WorkloadTrials } from "@halftone/core";
import { describe, expect, test } from "vitest";
import { keyOf } from "../space/candidate-key.ts";
import { checkCandidate } from "../space/check-space.ts";
import { enumerate } from "../space/enumerate.ts";

export interface DescribeStrategyOptions {
  /** Where the strategy measures a candidate more than once, or leaves some out: why it need not measure each exactly once. */
  readonly skipExhaustion?: string;
}

/** What every `SearchStrategy` must do. Call it at the top level of a test file; needs vitest. */
export function describeStrategy(name: string, create: () => SearchStrategy, { skipExhaustion }: DescribeStrategyOptions = {}): void {
  describe(`strategy ${name}`, () => {
    test("proposes legal candidates, none twice, none that is finished or pending", () => {
      for (const seed of [0, 1, 2]) {
        let history: readonly Trial[] = [];
        for (let round = 0; round < 8; round++) {
          const pending = create().ask(questionOf({ history, seed, count: 1 }));
          const proposals = create().ask(questionOf({ history, pending, seed, count: 3 }));
          for (const { candidate, effort } of [...pending, ...proposals]) {
            checkCandidate(space, candidate);
            expect(effort).toBeGreaterThan(0);
            expect(effort).toBeLessThanOrEqual(1);
          }
          expect(proposals.length).toBeLessThanOrEqual(3);
          const keys = [...history, ...pending, ...proposals].map(stepOf);
          expect(new Set(keys).size).toBe(keys.length);
          history = measured(history, [...pending, ...proposals]);
        }
      }
    });

    test("answers a question alike every time, from a fresh instance and after a round trip through JSON too", () => {
      const strategy = create();
      const history = run(strategy, 9, 4);
      const question = questionOf({ history, seed: 4, count: 2 });
      const answer = strategy.ask(question);
      expect(answer.length).toBeGreaterThan(0);
      expect(strategy.ask(question)).toEqual(answer);
      expect(create().ask(JSON.parse(JSON.stringify(question)) as SearchQuestion)).toEqual(answer);
    });

    test("goes on when every trial fails", () => {
      const history = run(create(), 6, 0, () => ({ status: "failed", code: "backend-failed", message: "out of memory" }));
      expect(history).toHaveLength(6);
      expect(create().ask(questionOf({ history, seed: 0, count: 1 }))).toHaveLength(1);
    });

    test("measures each candidate of a space once, and then has nothing left", (context) => {
      if (skipExhaustion !== undefined) return context.skip(`${name} ${skipExhaustion}`);
      const history = run(create(), 100, 5);
      expect(history.map(({ candidate }) => keyOf(candidate)).sort()).toEqual(enumerate(space).map(keyOf).sort());
      expect(create().ask(questionOf({ history, seed: 5, count: 4 }))).toEqual([]);
    });

    test("has an answer for a space of one candidate, and no second one", () => {
      const single: SearchSpace = { name: "single", dimensions: [{ name: "only", values: ["one"] }] };
      const question = { ...questionOf({ history: [], seed: 0, count: 2 }), space: single, others: [] };
      const answer = create().ask(question);
      expect(answer.map(({ candidate }) => candidate)).toEqual([{ only: "one" }]);
      expect(create().ask({ ...question, pending: answer })).toEqual([]);
    });
  });
}

/** Three kinds of dimension, one that is switched off by another, and a rule: 21 candidates. */
const space: SearchSpace = {
  name: "contract",
  dimensions: [
    { name: "method", values: ["a", "b"] },
    { name: "clipping", values: ["max", "kl"], when: { method: ["a"] } },
    { name: "images", values: [1, 64, 512] },
    { name: "channel", values: [false, true] },
    { name: "extra", values: [0, 1], when: { channel: [true] } },
  ],
  rules: [{ when: { clipping: ["kl"] }, only: { images: [64, 512] }, reason: "divergence wants more than one image" }],
};

const others: readonly WorkloadTrials[] = ["one", "two"].map((id, index) => ({
  workload: { id, features: {}, reference: 10 },
  trials: enumerate(space).map((candidate, trial) => ({ id: trial, workload: id, candidate, effort: 1, outcome: scored(candidate, index) })),
}));

function questionOf(part: Partial<SearchQuestion> & Pick<SearchQuestion, "history" | "seed" | "count">): SearchQuestion {
  return { space, workload: { id: "contract", features: {}, reference: 10 }, pending: [], others, ...part };
}

function run(strategy: SearchStrategy, trials: number, seed: number, outcomeOf: (candidate: Candidate) => Outcome = (candidate) => scored(candidate, 2)) {
  let history: readonly Trial[] = [];
  while (history.length < trials) {
    const proposals = strategy.ask(questionOf({ history, seed, count: 1 }));
    if (proposals.length === 0) break;
    history = measured(history, proposals, outcomeOf);
  }
  return history;
}

function measured(history: readonly Trial[], proposals: readonly Proposal[], outcomeOf = (candidate: Candidate): Outcome => scored(candidate, 2)) {
  const trials = proposals.map((proposal, index) => ({
    ...proposal,
    id: history.length + index,
    workload: "contract",
    outcome: outcomeOf(proposal.candidate),
  }));
  return [...history, ...trials];
}

/** A landscape with a slope along each dimension, another for each `variant`. */
function scored({ method, clipping, images, channel, extra }: Candidate, variant: number): Outcome {
  const slopes = [method === "b", clipping === "kl", images !== 1, channel === true, extra === 1, images === 512];
  return { status: "done", score: slopes.reduce((sum, on, index) => sum + (on ? Math.sin(3 * index + variant) : 0), 0), metrics: {} };
}

function stepOf({ candidate, effort }: Proposal): string {
  return `${effort} ${keyOf(candidate)}`;
}
