/**
 * Reads arithmetic as a polynomial, so that one form stands for every order in which an exporter writes it:
 * x * 0.5 * (1 + e), (0.5 * x) * (e + 1) and 0.5 * x + e * x / 2 are all { x: 0.5, e*x: 0.5 }.
 */
import type { Node, Value } from "../../ir/index.ts";
import { scalarOf } from "../constant-numbers.ts";

/** Coefficient by monomial; a monomial is its variables in alphabetical order, `e*x^2`; the constant term is the empty one. */
export type Polynomial = Readonly<Record<string, number>>;

export interface Expansion {
  readonly polynomial: Polynomial;
  /** What was read on the way. */
  readonly nodes: ReadonlySet<Node>;
  /** The values that take part: number constants, and vectors where those were allowed. */
  readonly constants: readonly Value[];
}

/** Exporters print constants with seven digits or more. */
const relativeTolerance = 1e-5;
const maximumTerms = 12;
/** Of operands read, repeated ones counted: far more than any form has. */
const maximumSteps = 200;

type Monomial = ReadonlyMap<string, number>;
type Terms = readonly { readonly monomial: Monomial; readonly coefficient: number }[];

/**
 * `value` as a polynomial in the named variables; undefined when something else is in it. Exponents may be negative: a
 * division by a variable. Other constant tensors become variables `c0`, `c1` ... where `vectors` is given.
 */
export function expand(value: Value, variables: Readonly<Record<string, Value>>, vectors?: Value[]): Expansion | undefined {
  const names = new Map(Object.entries(variables).map(([name, variable]) => [variable, name]));
  const nodes = new Set<Node>();
  const constants: Value[] = [];
  let steps = 0;
  const terms = termsOf(value);
  if (!terms) return undefined;
  return { polynomial: Object.fromEntries(terms.map(({ monomial, coefficient }) => [keyOf(monomial), coefficient])), nodes, constants };

  function termsOf(current: Value): Terms | undefined {
    const name = names.get(current);
    if (name !== undefined) return variable(name);
    const number = scalarOf(current);
    if (number !== undefined) {
      constants.push(current);
      return [{ monomial: new Map(), coefficient: number }];
    }
    if (current.content) return vectors && vector(current, vectors);
    const node = current.producer;
    if (node?.domain !== "" || !isArithmetic(node) || ++steps > maximumSteps) return undefined;
    const operands = node.inputs.map((input) => input && termsOf(input));
    const result = operands.every((operand) => operand !== undefined) ? combine(node, operands as Terms[]) : undefined;
    if (result) nodes.add(node);
    return result && result.length <= maximumTerms ? result : undefined;
  }

  function vector(current: Value, known: Value[]): Terms {
    if (!known.includes(current)) known.push(current);
    constants.push(current);
    return variable(`c${known.indexOf(current)}`);
  }
}

/** Whether both hold the same monomials with the same coefficients, up to the digits exporters print. */
export function isPolynomial(actual: Polynomial | undefined, expected: Polynomial): boolean {
  if (!actual) return false;
  const keys = Object.keys(actual);
  return keys.length === Object.keys(expected).length && keys.every((key) => key in expected && isClose(actual[key]!, expected[key]!));
}

export function isClose(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= relativeTolerance * Math.abs(expected);
}

export function isArithmetic(node: Node): boolean {
  return node.domain === "" && ["Add", "Sub", "Mul", "Div", "Neg", "Pow", "Reciprocal", "Sum"].includes(node.op);
}

function combine(node: Node, operands: readonly Terms[]): Terms | undefined {
  const [left, right] = operands;
  if (!left) return undefined;
  switch (node.op) {
    case "Add":
    case "Sum":
      return collect(operands.flat());
    case "Sub":
      return collect([...left, ...scaled(right!, -1)]);
    case "Mul":
      return product(left, right!);
    case "Div":
      return quotient(left, right!);
    case "Neg":
      return scaled(left, -1);
    case "Reciprocal":
      return quotient([{ monomial: new Map(), coefficient: 1 }], left);
    case "Pow":
      return power(left, right!);
    default:
      return undefined;
  }
}

function variable(name: string): Terms {
  return [{ monomial: new Map([[name, 1]]), coefficient: 1 }];
}

function scaled(terms: Terms, factor: number): Terms {
  return terms.map((term) => ({ ...term, coefficient: term.coefficient * factor }));
}

function product(left: Terms, right: Terms): Terms {
  return collect(left.flatMap((a) => right.map((b) => ({ monomial: joined(a.monomial, b.monomial, 1), coefficient: a.coefficient * b.coefficient }))));
}

function quotient(left: Terms, right: Terms): Terms | undefined {
  const [divisor] = right;
  if (!divisor || right.length !== 1) return undefined;
  return collect(left.map((a) => ({ monomial: joined(a.monomial, divisor.monomial, -1), coefficient: a.coefficient / divisor.coefficient })));
}

function power(base: Terms, exponent: Terms): Terms | undefined {
  const count = exponent.length === 1 && exponent[0]!.monomial.size === 0 ? exponent[0]!.coefficient : Number.NaN;
  if (!Number.isInteger(count) || count < 1 || count > 4) return undefined;
  return Array.from({ length: count - 1 }).reduce<Terms>((terms) => product(terms, base), base);
}

function joined(left: Monomial, right: Monomial, sign: number): Monomial {
  const exponents = new Map(left);
  for (const [name, exponent] of right) exponents.set(name, (exponents.get(name) ?? 0) + sign * exponent);
  return new Map([...exponents].filter(([, exponent]) => exponent !== 0));
}

function collect(terms: Terms): Terms {
  const sums = new Map<string, { monomial: Monomial; coefficient: number }>();
  for (const { monomial, coefficient } of terms) {
    const key = keyOf(monomial);
    sums.set(key, { monomial, coefficient: (sums.get(key)?.coefficient ?? 0) + coefficient });
  }
  return [...sums.values()].filter((term) => term.coefficient !== 0);
}

function keyOf(monomial: Monomial): string {
  return [...monomial]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, exponent]) => (exponent === 1 ? name : `${name}^${exponent}`))
    .join("*");
}
