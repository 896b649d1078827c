import type { QuantPlan, Trial, TuneResult } from "@halftone/core";
import { describe, expect, test } from "vitest";
import { enumerate } from "../space/enumerate.ts";
import { quantune96 } from "../space/presets.ts";
import { axisOf } from "./axis.ts";
import { importances } from "./importances.ts";
import { renderSearch, type SearchPage } from "./search-page.ts";

const space = quantune96();
const candidates = enumerate(space);

/** Granularity decides, clipping matters a little, the rest not at all. */
const trials: readonly Trial[] = candidates
  .filter((_, index) => index % 3 !== 1)
  .map((candidate, id) => {
    const score = 0.5 + (candidate["granularity"] === "channel" ? 0.3 : 0) + (candidate["clipping"] === "kl" ? 0.05 : 0);
    const metrics = { bytes: candidate["precision"] === "mixed" ? 20_000 : 10_000, seconds: 0.002 };
    return { id, workload: "w", candidate, effort: 1, outcome: { status: "done", score, metrics } };
  });
const failed: Trial = {
  id: 90,
  workload: "w",
  candidate: candidates[1]!,
  effort: 1,
  outcome: { status: "failed", code: "backend-failed", message: "no <kernel>" },
};
const best = trials.find(({ outcome }) => outcome.status === "done" && outcome.score > 0.84)!;
const result: TuneResult = { best, trials: [...trials, failed], end: "trials" };
const plan: QuantPlan = {
  ...{ version: 1, model: "a".repeat(64), method: "min-max", target: "node-cpu-vnni", skipped: {} },
  encodings: {
    x: { kind: "affine", dtype: "uint8", scale: [1], zeroPoint: [0] },
    w: { kind: "affine", dtype: "int8", scale: [1, 1], zeroPoint: [0, 0], axis: 0 },
  },
  nodes: { conv: { mode: "integer" }, erf: { mode: "float", reason: "Erf has no integer kernel" } },
};
const page: SearchPage = {
  ...{
    title: "m<1>.onnx",
    target: "node-cpu-vnni",
    strategy: "transfer",
    metric: "top1",
    space,
    workload: { id: "w", features: {}, reference: 0.9 },
    result,
    plan,
  },
};

describe("the report of a search", () => {
  const text = renderSearch(page);

  test("holds the winner, the float model and every trial in figures", () => {
    for (const figure of ["85.00 %", "90.00 %", "9.8 KiB", "2.0 ms", `trial ${best.id}`, "granularity=channel", "Every trial (65)"])
      expect(text).toContain(figure);
    expect(text).toContain("the best so far rises from 50.00 % to 85.00 %");
  });

  test("shows one mark per trial, and the unbeaten ones as such", () => {
    expect(text.match(/<circle /g)).toHaveLength(2 * trials.length - 2);
    expect(text.match(/<polygon /g)).toHaveLength(2);
    expect(text).toContain("1 of them unbeaten");
    expect(text).toContain("(winner)");
  });

  test("summarizes the winner's plan", () => {
    for (const phrase of ["uint8, per tensor", "int8, per channel", "Erf has no integer kernel"]) expect(text).toContain(phrase);
  });

  test("is self-contained, escapes what it shows, and follows light and dark", () => {
    expect(text).toContain("<title>m&#60;1&#62;.onnx: search report</title>");
    expect(text).toContain("no &#60;kernel&#62;");
    expect(text).not.toMatch(/<script|https?:|<link|<img|@import/);
    expect(text).toContain("color-scheme: light dark");
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("can be read without seeing the charts", () => {
    const charts = text.match(/<svg [^>]*>/g)!;
    expect(charts.length).toBeGreaterThanOrEqual(3);
    for (const chart of charts) expect(chart).toMatch(/role="img".*aria-label="[^"]{10,}"/);
    expect(text).toMatch(/<html lang="en">/);
    expect(text.match(/<th scope="col">/g)!.length).toBeGreaterThan(10);
  });

  test("shows divergence in nats, of which less is better", () => {
    const negated = ({ outcome }: Trial): Trial["outcome"] => (outcome.status === "done" ? { ...outcome, score: outcome.score - 1 } : outcome);
    const inNats = trials.map((trial) => ({ ...trial, outcome: negated(trial) }));
    const workload = { id: "w", features: {}, reference: 0, unit: "nats" } as const;
    const nats = renderSearch({ ...page, metric: "kl", workload, result: { best: inNats[best.id]!, trials: [...inNats, failed], end: "trials" } });
    for (const phrase of ["falls from 0.5 nats to 0.15 nats", ">0 nats<", "the smaller, the better", `trial ${best.id}`]) expect(nats).toContain(phrase);
    expect(nats).not.toMatch(/-[\d.e-]+ nats/);
    expect(nats).not.toContain("50.00 %");
  });

  test("of a search without a result says so", () => {
    const empty = renderSearch({ ...page, result: { best: undefined, trials: [failed], end: "aborted" } });
    expect(empty).toContain("No trial has a result.");
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("importances", () => {
  test("are those of the choices that decide, and add up", () => {
    const found = importances(space, trials);
    expect(found.map(({ dimension }) => dimension).slice(0, 2)).toEqual(["granularity", "clipping"]);
    expect(found[0]!.share).toBeGreaterThan(0.6);
    expect(found[1]!.share).toBeGreaterThan(0.05);
    expect(found.slice(2).every(({ share }) => share < 0.05)).toBe(true);
    expect(found.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  test("are not told where trials say nothing", () => {
    expect(importances(space, trials.slice(0, 1))).toEqual([]);
    const equal = trials.map((trial): Trial => ({ ...trial, outcome: { status: "done", score: 1, metrics: {} } }));
    expect(importances(space, equal)).toEqual([]);
  });
});

describe("an axis", () => {
  test.each([
    [
      [0.713, 0.739],
      [0.71, 0.72, 0.73, 0.74],
    ],
    [
      [0, 59],
      [0, 20, 40, 60],
    ],
    [
      [5, 5],
      [5, 6],
    ],
    [
      [-3, 7],
      [-4, -2, 0, 2, 4, 6, 8],
    ],
  ])("over %j has round ticks around all values", (values, ticks) => {
    const axis = axisOf(values);
    expect(axis.ticks).toEqual(ticks);
    for (const value of values) {
      expect(axis.place(value)).toBeGreaterThanOrEqual(0);
      expect(axis.place(value)).toBeLessThanOrEqual(1);
    }
    expect(axis.place(ticks[0]!)).toBe(0);
    expect(axis.place(ticks.at(-1)!)).toBe(1);
  });
});
