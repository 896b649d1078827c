/**
 * Activations that exporters take apart. Each is a bounded function f of a polynomial of x, and a polynomial of f and x:
 *
 *     GELU        x/2 (1 + erf(x/sqrt 2)), or x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))   Hendrycks and Gimpel 2016
 *     SiLU        x sigmoid(x); with a slope, quick GELU: x sigmoid(1.702 x)
 *     Mish        x tanh(ln(1 + e^x))                                                          Misra 2019
 *     hard swish  x clamp(x/6 + 1/2); hard sigmoid: clamp(a x + 1/2)                           Howard et al. 2019
 */
import { type Attribute, float, type Node, string, type Value } from "../../ir/index.ts";
import { expand, isPolynomial, type Polynomial } from "./polynomial.ts";
import { normalizedArgument, type Squash, squashAt } from "./squash.ts";
import { bestOf, type FoundUnit, type Replacement, type UnitKind } from "./unit.ts";
import { above, below } from "./walk.ts";

interface Form {
  readonly kind: UnitKind;
  readonly function: Squash["function"];
  readonly argument: (polynomial: Polynomial) => boolean;
  /** Of f, the bare function's value, and x. */
  readonly output: Polynomial;
  /** The operator that computes it, given the argument's polynomial. */
  readonly operator?: (argument: Polynomial) => { readonly op: string; readonly attributes: Readonly<Record<string, Attribute>> };
}

const is = (expected: Polynomial) => (actual: Polynomial) => isPolynomial(actual, expected);
const isSlope = (actual: Polynomial) => Object.keys(actual).join() === "x" && actual["x"]! > 0;
const isSlopeAndHalf = (actual: Polynomial) => is({ "": 0.5, x: actual["x"] ?? 0 })(actual) && actual["x"]! > 0;
const operator = (op: string, attributes: Readonly<Record<string, Attribute>> = {}) => ({ op, attributes });
const tanhSlope = Math.sqrt(2 / Math.PI);

const forms: readonly Form[] = [
  { kind: "gelu", function: "erf", argument: is({ x: Math.SQRT1_2 }), output: { x: 0.5, "f*x": 0.5 }, operator: () => operator("Gelu") },
  {
    kind: "gelu",
    function: "tanh",
    argument: is({ x: tanhSlope, "x^3": 0.044715 * tanhSlope }),
    output: { x: 0.5, "f*x": 0.5 },
    operator: () => operator("Gelu", { approximate: string("tanh") }),
  },
  { kind: "silu", function: "sigmoid", argument: is({ x: 1 }), output: { "f*x": 1 } },
  { kind: "quick-gelu", function: "sigmoid", argument: isSlope, output: { "f*x": 1 } },
  { kind: "mish", function: "tanh-softplus", argument: is({ x: 1 }), output: { "f*x": 1 }, operator: () => operator("Mish") },
  { kind: "hard-swish", function: "clamp", argument: is({ "": 0.5, x: 1 / 6 }), output: { "f*x": 1 }, operator: () => operator("HardSwish") },
  {
    kind: "hard-sigmoid",
    function: "clamp",
    argument: isSlopeAndHalf,
    output: { f: 1 },
    operator: (argument) => operator("HardSigmoid", { alpha: float(argument["x"]!), beta: float(0.5) }),
  },
];

export function activationAt(node: Node): FoundUnit | undefined {
  const squash = squashAt(node);
  if (!squash) return undefined;
  const outputs = above(squash.output);
  const inputs = [...below(squash.argument)].reverse();
  for (const form of forms) {
    if (form.function !== squash.function) continue;
    const unit = bestOf(outputs.flatMap((output) => inputs.flatMap((input) => unitOf(form, squash, input, output) ?? [])));
    if (unit) return unit;
  }
  return undefined;
}

function unitOf(form: Form, squash: Squash, input: Value, output: Value): FoundUnit | undefined {
  const inner = expand(squash.argument, { x: input });
  const outer = expand(output, { x: input, f: squash.output });
  if (!inner || !outer) return undefined;
  const argument = normalizedArgument(squash, inner.polynomial);
  if (!form.argument(argument) || !isPolynomial(withGain(outer.polynomial, squash.gain), form.output)) return undefined;
  const nodes = new Set([...inner.nodes, ...squash.nodes, ...outer.nodes]);
  if (nodes.size < 2) return undefined;
  const unit = { kind: form.kind, nodes, input, output };
  if (!form.operator) return unit;
  const obstacle = obstacleOf(input, [...inner.constants, ...outer.constants]);
  const replacement: Replacement = { ...form.operator(argument), inputs: [input] };
  return { ...unit, replacement: obstacle ? { obstacle } : replacement };
}

/** The graph's f is `gain` times the bare function. */
function withGain(polynomial: Polynomial, gain: number): Polynomial {
  return Object.fromEntries(Object.entries(polynomial).map(([key, coefficient]) => [key, key.startsWith("f") ? coefficient * gain : coefficient]));
}

/** A constant of higher rank than the input gives the output that rank; the operator would not. */
export function obstacleOf(input: Value, constants: readonly Value[]): string | undefined {
  if (input.dtype !== undefined && input.dtype !== "float32") return `it computes ${input.dtype}`;
  const rank = Math.max(0, ...constants.map((constant) => constant.content!.shape.length));
  if (rank === 0 || (input.shape && input.shape.length >= rank)) return undefined;
  return input.shape ? `its constants raise the rank of ${input.name} from ${input.shape.length} to ${rank}` : `the rank of ${input.name} is not known`;
}
