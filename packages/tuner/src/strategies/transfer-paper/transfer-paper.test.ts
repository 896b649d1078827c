import { type Candidate, type SearchQuestion, type SearchSpace, seededRandom, type Trial, type Workload, type WorkloadTrials } from "@halftone/core";
import { expect, test } from "vitest";
import { keyOf } from "../../space/candidate-key.ts";
import { enumerate } from "../../space/enumerate.ts";
import { quantune96 } from "../../space/presets.ts";
import { describeStrategy } from "../../testing/describe-strategy.ts";
import { transferPaperSearch } from "./transfer-paper.ts";

describeStrategy("transfer-paper without other workloads", () => {
  const strategy = transferPaperSearch();
  return { ...strategy, ask: (question) => strategy.ask({ ...question, others: [] }) };
});

const space = quantune96();
const candidates = enumerate(space);
type Score = (candidate: Candidate) => number;

/** What separable networks like, and what others do. */
const [separable, dense] = [additive(1), additive(2)];
const others = [
  workloadOf("separable, small", { depthwise: 13, nodes: 60 }, separable),
  workloadOf("dense, small", { depthwise: 0, nodes: 40 }, dense),
  workloadOf("separable, large", { depthwise: 17, nodes: 100 }, separable),
  workloadOf("dense, large", { depthwise: 0, nodes: 120 }, dense),
];

test("begins with what is best for the networks that the model is like", () => {
  for (const [depthwise, score] of [[15, separable] as const, [0, dense] as const]) {
    const [first] = transferPaperSearch().ask(questionOf({ workload: { id: "own", features: { depthwise, nodes: 80 } } }));
    expect(rankOf(first!.candidate, score)).toBeLessThan(3);
  }
});

test("needs no feature of the model or of a journal to be known", () => {
  const bare = others.map((other, index) => (index === 0 ? { ...other, workload: { ...other.workload, features: {} } } : other));
  const question = questionOf({ workload: { id: "own", features: { depthwise: 15, sqnrTensor: 30 } }, others: bare });
  expect(rankOf(transferPaperSearch().ask(question)[0]!.candidate, separable)).toBeLessThan(10);
  expect(transferPaperSearch().ask({ ...question, workload: { id: "own", features: {} } })).toHaveLength(1);
});

test("learns from what is measured of the model itself, failures included", () => {
  const workload = { id: "own", features: { depthwise: 15, nodes: 80 } };
  const [first] = transferPaperSearch().ask(questionOf({ workload }));
  const after = (outcome: Trial["outcome"]) => {
    const history = [{ ...trialOf(first!.candidate, 0, 0, "own"), outcome }];
    return transferPaperSearch().ask(questionOf({ workload, history }))[0]!.candidate;
  };
  const likeFirst = (candidate: Candidate) => space.dimensions.filter(({ name }) => candidate[name] === first!.candidate[name]).length;
  const [praised, failed] = [
    after({ status: "done", score: separable(first!.candidate), metrics: {} }),
    after({ status: "failed", code: "backend-failed", message: "no kernel" }),
  ];
  expect(rankOf(praised, separable)).toBeLessThan(5);
  expect(likeFirst(failed)).toBeLessThan(likeFirst(praised));
});

test("depends neither on the order of the workloads and their trials, nor on whether scores are shares or percent", () => {
  const ask = (known: readonly WorkloadTrials[]) => transferPaperSearch().ask(questionOf({ others: known, count: 96 }));
  const answer = ask(others);
  expect(answer).toHaveLength(96);
  expect(ask([...others].reverse().map(({ workload, trials }) => ({ workload, trials: [...trials].reverse() })))).toEqual(answer);
  // In float32 a hundredth of a score times a hundred is the score again.
  expect(ask(others.map((other) => workloadOf(other.workload.id, other.workload.features, scoresOf(other, 0.01))))).toEqual(answer);
});

test("gives the trees that were asked for", () => {
  const stumps = transferPaperSearch({ trees: { rounds: 1, maxDepth: 1 } }).ask(questionOf({ count: 96 }));
  expect(stumps).not.toEqual(transferPaperSearch().ask(questionOf({ count: 96 })));
});

function questionOf(part: Partial<SearchQuestion>): SearchQuestion {
  return { space, workload: { id: "own", features: { depthwise: 15, nodes: 80 } }, history: [], pending: [], others, count: 1, seed: 0, ...part };
}

/** Percent: every value of every dimension adds something of its own. */
function additive(variant: number): Score {
  const random = seededRandom(variant);
  const worth = new Map((space satisfies SearchSpace).dimensions.flatMap(({ name, values }) => values.map((value) => [`${name} ${value}`, 16 * random()])));
  return (candidate) => Object.entries(candidate).reduce((sum, [name, value]) => sum + worth.get(`${name} ${value}`)!, 0);
}

function workloadOf(id: string, features: Workload["features"], score: Score): WorkloadTrials {
  return { workload: { id, features }, trials: candidates.map((candidate, index) => trialOf(candidate, score(candidate), index, id)) };
}

function scoresOf({ trials }: WorkloadTrials, factor: number): Score {
  const scores = new Map(trials.map(({ candidate, outcome }) => [keyOf(candidate), outcome.status === "done" ? outcome.score : Number.NaN]));
  return (candidate) => factor * scores.get(keyOf(candidate))!;
}

function trialOf(candidate: Candidate, score: number, id: number, workload: string): Trial {
  return { id, workload, candidate, effort: 1, outcome: { status: "done", score, metrics: {} } };
}

function rankOf(candidate: Candidate, score: Score): number {
  return candidates.filter((other) => score(other) > score(candidate)).length;
}
