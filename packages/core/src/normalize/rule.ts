import type { Graph, Model, Node } from "../ir/index.ts";
import type { Verdict } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

/** A rewrite of the graph in three steps, so that declining can be told from not being concerned. */
export interface Rule<Match = unknown> {
  /** Kebab-case; refusals carry it. */
  readonly name: string;
  /** Whether the rewrite is also right where a value may come from an enclosing graph and the graph may run many times, or never. */
  readonly scope: "every-graph" | "main-graph";
  /** Finds the pattern that `node` is the anchor of. Looks only; undefined: the rule is not concerned. */
  match(node: Node): Match | undefined;
  /** May the match be rewritten? A refusal is reported once, with its reason. */
  check(match: Match): Verdict;
  /** Changes the graph so that the rule no longer matches there. Called only when `check` agreed. */
  rewrite(match: Match): void;
}

/** A pattern that was found and left alone. */
export interface Refusal {
  readonly rule: string;
  readonly node: string;
  readonly reason: string;
}

export interface RuleReport {
  /** How often each rule was applied. */
  readonly applied: Readonly<Record<string, number>>;
  /** What was still refused when nothing changed any more. */
  readonly refusals: readonly Refusal[];
}

export interface ApplyRulesOptions {
  readonly onRefusal?: (refusal: Refusal) => void;
  readonly signal?: AbortSignal;
}

export const accepted: Verdict = { ok: true };

export function refused(reason: string): Verdict {
  return { ok: false, reason };
}

/** Far more than any chain of rewrites needs; a rule that matches its own result would go on for ever. */
const maximumRounds = 1000;

/** Applies the rules in order to every node, subgraphs included, until none of them finds anything to do. */
export function applyRules(model: Model, rules: readonly Rule[], options: ApplyRulesOptions = {}): RuleReport {
  const applied = new Map(rules.map((rule) => [rule.name, 0]));
  for (let round = 0; round < maximumRounds; round++) {
    const refusals: Refusal[] = [];
    let changed = false;
    for (const node of livingNodes(model.graph)) {
      throwIfAborted(options.signal);
      for (const rule of rules) {
        if (!isAlive(node)) break;
        if (rule.scope === "main-graph" && node.graph !== model.graph) continue;
        const match = rule.match(node);
        if (match === undefined) continue;
        const verdict = rule.check(match);
        if (verdict.ok) {
          rule.rewrite(match);
          applied.set(rule.name, applied.get(rule.name)! + 1);
          changed = true;
        } else refusals.push({ rule: rule.name, node: node.name, reason: verdict.reason });
      }
    }
    if (!changed) {
      for (const refusal of refusals) options.onRefusal?.(refusal);
      return { applied: Object.fromEntries(applied), refusals };
    }
  }
  throw new QuantError("internal", `The rules ${rules.map((rule) => rule.name).join(", ")} still change the graph after ${maximumRounds} rounds.`);
}

/** Inner graphs before the node that holds them; nodes that a rewrite has removed meanwhile are left out. */
export function* livingNodes(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    if (!isAlive(node)) continue;
    for (const subgraph of node.subgraphs) yield* livingNodes(subgraph);
    if (isAlive(node)) yield node;
  }
}

function isAlive(node: Node): boolean {
  return node.graph.node(node.name) === node;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new QuantError("aborted", "Normalization was aborted.", { cause: signal.reason });
}
