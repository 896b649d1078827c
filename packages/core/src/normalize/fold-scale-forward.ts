/**
 * Folds y = scale x + shift, two numbers for the whole tensor, into the operators that read y: their weights take the
 * scale, their biases shift times the sum of the weights. A convolution that pads with zeros would see shift missing at
 * the border, so there only the scale moves: y = scale (x + shift/scale).
 */
import type { Node, Value } from "../ir/index.ts";
import { scalarAffineOf } from "./channel-affine.ts";
import { become, removeDeadNodes } from "./edit.ts";
import { biasOf, checkFoldable, type LinearOperator, linearOperatorOf, scaledWeight, setBias, setWeight } from "./linear-operator.ts";
import { accepted, type Rule, refused } from "./rule.ts";

interface Match {
  /** In the order of computation. */
  readonly steps: readonly Node[];
  readonly input: Value;
  readonly output: Value;
  readonly scale: number;
  readonly shift: number;
  readonly readers: readonly LinearOperator[];
  /** The scale moves and the shift stays, as one Add. */
  readonly keepsShift: boolean;
}

export const foldScaleForward: Rule<Match> = {
  name: "fold-scale-forward",
  scope: "main-graph",
  match: (node) => {
    const output = node.outputs[0];
    if (!output || output.isOutput || output.consumers.length === 0 || !scalarAffineOf(node)) return undefined;
    const readers = output.consumers.map((use) => (use.input === 0 && use.node.graph === node.graph ? linearOperatorOf(use.node) : undefined));
    if (!readers.every((reader) => reader !== undefined)) return undefined;
    const chain = chainBelow(node);
    const keepsShift = chain.shift !== 0 && !readers.every(takesShift);
    return keepsShift && (chain.steps.length < 2 || chain.scale === 0) ? undefined : { ...chain, output, readers, keepsShift };
  },
  check: ({ readers, scale, shift, input, steps }) => {
    if (!Number.isFinite(Math.fround(scale)) || !Number.isFinite(Math.fround(shift / (scale || 1)))) return refused("its constants are not finite");
    const rank = Math.max(...steps.flatMap((step) => step.inputs.map((value) => value?.content?.shape.length ?? 0)));
    const inputRank = input.shape?.length ?? Math.min(...readers.map((reader) => reader.rank));
    if (rank > inputRank) return refused(`its constants may raise the rank of ${input.name}`);
    return readers.map(checkFoldable).find((verdict) => !verdict.ok) ?? accepted;
  },
  rewrite: ({ steps, input, output, scale, shift, readers, keepsShift }) => {
    for (const reader of readers) foldInto(reader, scale, keepsShift ? 0 : shift);
    if (keepsShift) addInstead(steps, input, Math.fround(shift / scale));
    else {
      output.replaceUses(input);
      removeDeadNodes(steps);
    }
  },
};

/** `last` and the scalar steps before it that nobody else reads. */
function chainBelow(last: Node): Pick<Match, "steps" | "input" | "scale" | "shift"> {
  const steps = [last];
  let { input, scale, shift } = scalarAffineOf(last)!;
  for (;;) {
    const previous = input.producer;
    const affine = previous && !input.isOutput && input.consumers.length === 1 ? scalarAffineOf(previous) : undefined;
    if (!previous || !affine) return { steps, input, scale, shift };
    steps.unshift(previous);
    shift += scale * affine.shift;
    scale *= affine.scale;
    input = affine.input;
  }
}

/** Whether a constant added to the whole input is a constant added to each output channel. */
function takesShift({ node, biasInput }: LinearOperator): boolean {
  if (biasInput === undefined || node.op === "ConvTranspose") return false;
  if (node.op === "Gemm") return true;
  return (
    node.string("auto_pad", "NOTSET") === "VALID" || (node.string("auto_pad", "NOTSET") === "NOTSET" && (node.ints("pads") ?? []).every((pad) => pad === 0))
  );
}

function foldInto(reader: LinearOperator, scale: number, shift: number): void {
  if (shift !== 0) {
    const bias = biasOf(reader);
    const alpha = reader.node.op === "Gemm" ? reader.node.float("alpha", 1) : 1;
    (reader.weight.constant!.data as Float32Array).forEach((element, position) => {
      bias[reader.channelOf(position)]! += alpha * shift * element;
    });
    setBias(reader, bias);
  }
  if (scale !== 1)
    setWeight(
      reader,
      scaledWeight(reader, () => scale),
    );
}

function addInstead(steps: readonly Node[], input: Value, shift: number): void {
  const last = steps.at(-1)!;
  const constant = last.graph.addConstant(`${last.name}_shift`, { dtype: "float32", shape: [], data: Float32Array.of(shift) });
  become(last, "Add", [input, constant], {});
  removeDeadNodes(steps.slice(0, -1));
}
