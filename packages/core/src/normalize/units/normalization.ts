/**
 * LayerNorm and RMSNorm taken apart. With m = mean(x) and s = sqrt(mean((x - m)^2) + epsilon), LayerNorm is
 * (x - m)/s * gamma + beta (Ba, Kiros and Hinton 2016); RMSNorm is the same with m = 0 (Zhang and Sennrich 2019).
 * Read as polynomials of x, m and s, one form covers a subtraction written twice, x * (gamma/s) + (beta - m * gamma/s),
 * a reciprocal, and powers of 0.5 and -0.5.
 */
import { float, int, type Node, type Value } from "../../ir/index.ts";
import { numbersOf, scalarOf } from "../constant-numbers.ts";
import { obstacleOf } from "./activation.ts";
import { keptAxes, sameAxes, trailingAxes } from "./axes.ts";
import { expand, isPolynomial, type Polynomial } from "./polynomial.ts";
import { bestOf, type FoundUnit, type Replacement, type Vector } from "./unit.ts";
import { above, below, isOp, onlyReader } from "./walk.ts";

/** `variance` averages the squares; `mean` is undefined for RMSNorm. */
interface Moments {
  readonly x: Value;
  readonly mean: Node | undefined;
  readonly variance: Node;
  readonly axes: readonly number[];
  readonly nodes: readonly Node[];
}

interface Deviation {
  /** Standard deviation, or one over it. */
  readonly value: Value;
  readonly inverse: boolean;
  readonly epsilon: number;
  readonly nodes: readonly Node[];
}

export function normalizationAt(node: Node): FoundUnit | undefined {
  const moments = isOp(node, "ReduceMean") ? momentsAt(node) : undefined;
  const deviation = moments && deviationAbove(node.outputs[0]!);
  if (!moments || !deviation) return undefined;
  const outputs = [...above(deviation.value)].reverse();
  return bestOf(outputs.flatMap((output) => unitOf(output, moments, deviation) ?? []));
}

function unitOf(output: Value, moments: Moments, deviation: Deviation): FoundUnit | undefined {
  const affine = affineOf(output, moments, deviation);
  if (!affine) return undefined;
  const kind = moments.mean ? "layer-norm" : "rms-norm";
  const nodes = new Set([...moments.nodes, ...deviation.nodes, ...affine.nodes]);
  const unit = { kind, nodes, input: moments.x, output } as const;
  return moments.mean ? { ...unit, replacement: layerNormalization(moments, deviation.epsilon, affine) } : unit;
}

function momentsAt(variance: Node): Moments | undefined {
  const axes = keptAxes(variance);
  const squared = variance.inputs[0];
  if (!axes || !squared) return undefined;
  const candidates = below(squared);
  for (const candidate of candidates) {
    const mean = candidate.producer;
    if (!isOp(mean, "ReduceMean") || !sameAxes(keptAxes(mean), axes)) continue;
    const x = mean.inputs[0]!;
    const expansion = expand(squared, { x, m: candidate });
    if (expansion && isPolynomial(expansion.polynomial, { "x^2": 1, "m*x": -2, "m^2": 1 })) {
      return { x, mean, variance, axes, nodes: [mean, ...expansion.nodes, variance] };
    }
  }
  for (const x of candidates) {
    const expansion = expand(squared, { x });
    if (expansion && isPolynomial(expansion.polynomial, { "x^2": 1 })) return { x, mean: undefined, variance, axes, nodes: [...expansion.nodes, variance] };
  }
  return undefined;
}

function deviationAbove(variance: Value): Deviation | undefined {
  for (const sum of above(variance)) {
    const expansion = expand(sum, { v: variance });
    const epsilon = expansion?.polynomial[""] ?? 0;
    if (!expansion || !isPolynomial(expansion.polynomial, epsilon === 0 ? { v: 1 } : { "": epsilon, v: 1 })) continue;
    const root = onlyReader(sum);
    const exponent = root && rootExponent(root, sum);
    if (exponent !== 0.5 && exponent !== -0.5) continue;
    return { value: root!.outputs[0]!, inverse: exponent < 0, epsilon, nodes: [...expansion.nodes, root!] };
  }
  return undefined;
}

function rootExponent(node: Node, base: Value): number | undefined {
  if (node.op === "Sqrt") return 0.5;
  return node.op === "Pow" && node.inputs[0] === base ? scalarOf(node.inputs[1]) : undefined;
}

interface Affine {
  readonly gamma: Value | undefined;
  readonly beta: Value | undefined;
  readonly constants: readonly Value[];
  readonly nodes: ReadonlySet<Node>;
}

function affineOf(output: Value, { x, mean }: Moments, { value, inverse }: Deviation): Affine | undefined {
  const vectors: Value[] = [];
  const expansion = expand(output, { x, s: value, ...(mean && { m: mean.outputs[0]! }) }, vectors);
  if (!expansion || vectors.length > 2) return undefined;
  const reciprocal = inverse ? "s" : "s^-1";
  for (const gamma of [undefined, ...vectors.keys()]) {
    const beta = [...vectors.keys()].find((index) => index !== gamma);
    const factors = gamma === undefined ? [reciprocal] : [`c${gamma}`, reciprocal];
    const expected: Polynomial = {
      [monomial(...factors, "x")]: 1,
      ...(mean && { [monomial(...factors, "m")]: -1 }),
      ...(beta !== undefined && { [`c${beta}`]: 1 }),
    };
    if (!isPolynomial(expansion.polynomial, expected)) continue;
    const pick = (index: number | undefined) => (index === undefined ? undefined : vectors[index]);
    return { gamma: pick(gamma), beta: pick(beta), constants: expansion.constants, nodes: expansion.nodes };
  }
  return undefined;
}

function monomial(...factors: readonly string[]): string {
  return [...factors].sort().join("*");
}

function layerNormalization({ x, axes }: Moments, epsilon: number, affine: Affine): Replacement | { readonly obstacle: string } {
  const count = trailingAxes(axes, x.shape?.length);
  if (count === undefined) return { obstacle: `it normalizes axes ${axes.join(", ")}, which LayerNormalization cannot` };
  const sizes = normalizedSizes(x, affine, count);
  if (!sizes) return { obstacle: `the size of the normalized axes of ${x.name} is not known` };
  const vectors = [affine.gamma ? vectorOf(affine.gamma, sizes) : onesOf(x, sizes), ...(affine.beta ? [vectorOf(affine.beta, sizes)] : [])];
  if (vectors.some((vector) => !vector)) return { obstacle: "its scale or shift has another shape than the normalized axes" };
  const obstacle = obstacleOf(x, affine.constants);
  if (obstacle) return { obstacle };
  return { op: "LayerNormalization", inputs: [x, ...vectors.map((vector) => vector!)], attributes: { axis: int(-count), epsilon: float(epsilon) } };
}

/** As the input declares them, else as gamma or beta spells them out. */
function normalizedSizes(x: Value, { gamma, beta }: Affine, count: number): readonly number[] | undefined {
  const declared = x.shape?.slice(-count);
  if (declared?.length === count && declared.every((dimension): dimension is number => typeof dimension === "number")) return declared;
  return [gamma, beta].map((value) => value?.content?.shape.slice(-count)).find((shape) => shape?.length === count && !shape.includes(1));
}

/** The weight as it is, or with the leading ones of its shape taken off. */
function vectorOf(value: Value, sizes: readonly number[]): Value | Vector | undefined {
  const { shape } = value.content!;
  const leading = shape.slice(0, -sizes.length);
  if (shape.slice(-sizes.length).join() !== sizes.join() || leading.some((dimension) => dimension !== 1)) return undefined;
  if (leading.length === 0) return value;
  const data = numbersOf(value.constant);
  return data && { name: value.name, shape: sizes, data: Float32Array.from(data) };
}

function onesOf(x: Value, sizes: readonly number[]): Vector {
  return { name: `${x.name}_ones`, shape: sizes, data: new Float32Array(sizes.reduce((product, size) => product * size, 1)).fill(1) };
}
