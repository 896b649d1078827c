import type { GraphView, OperandPlan, Target } from "../spec/index.ts";
import { levelledAnswer } from "./answer-levels.ts";
import { entryOf } from "./entry-of.ts";
import { answersOnGrid, type Reading } from "./reads.ts";

/** What the exported model computes besides the products themselves, where that takes time. */
export function costNotes(graph: GraphView, { operands = {}, ...reading }: Reading, target: Target): readonly string[] {
  const isStored = (name: string): boolean =>
    entryOf(reading.encodings, name) !== undefined && answersOnGrid(graph.value(name)!, { ...reading, operands }, target);
  const count = (matches: (name: string, operand: OperandPlan) => boolean): number =>
    Object.entries(operands).filter(([name, operand]) => matches(name, operand)).length;
  const levelled = Object.keys(reading.encodings).filter((name) => {
    const value = graph.value(name);
    return value && levelledAnswer(value, { ...reading, operands }, target);
  }).length;
  const notes: readonly (readonly [number, (tensors: string) => string])[] = [
    [count(isStored), (tensors) => `products read ${tensors} that integer kernels store from another grid: each takes a second pair of Q and DQ`],
    [
      count((_, { encoding }) => encoding.kind === "twin"),
      (tensors) => `products read ${tensors} from two grids: each of these products is computed twice, and the results are added`,
    ],
    [
      count((_, { rescaling }) => rescaling !== undefined),
      (tensors) => `products read ${tensors} rescaled per channel: a Mul each, where nothing in front of it can do that`,
    ],
    [levelled, (tensors) => `kernels answer ${tensors} on grids per channel: a Mul each behind them`],
  ];
  return notes.flatMap(([tensors, text]) => (tensors === 0 ? [] : [text(tensors === 1 ? "1 tensor" : `${tensors} tensors`)]));
}
