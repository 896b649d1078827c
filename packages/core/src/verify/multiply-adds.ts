import type { GraphView, NodeDecision, NodeView, QuantReport, ValueView } from "../spec/index.ts";

/**
 * How much of the network's arithmetic the plan puts on integer kernels: multiplications and additions of Conv, ConvTranspose, MatMul, Gemm, Einsum, RNN, GRU
 * and LSTM, for one run with values of these shapes. A product of which a part is emulated does not count as integer. Undefined where a shape is not known, or nothing is
 * multiplied.
 */
export function multiplyAdds(
  graph: GraphView,
  shapes: ReadonlyMap<string, readonly number[]>,
  decisions: Readonly<Record<string, NodeDecision>>,
): QuantReport["multiplyAdds"] {
  const shapeOf = (value: ValueView | undefined): readonly number[] | undefined => {
    if (value === undefined) return undefined;
    return shapes.get(value.name) ?? (isKnown(value.shape) ? value.shape : undefined);
  };
  const counts = [...graph.nodes].filter(isProduct).map((node) => ({ node, count: countOf(node, shapeOf) }));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const integer = counts.filter(({ node }) => decisions[node.name]?.mode === "integer").reduce((sum, { count }) => sum + count, 0);
  return total > 0 ? { integer, total } : undefined;
}

type ShapeOf = (value: ValueView | undefined) => readonly number[] | undefined;

/** NaN where a shape is missing. */
function countOf(node: NodeView, shapeOf: ShapeOf): number {
  const [left, right, output] = [shapeOf(node.inputs[0]), shapeOf(node.inputs[1]), shapeOf(node.outputs[0])];
  if (right === undefined) return node.op === "Einsum" ? 0 : Number.NaN;
  switch (node.op) {
    case "Conv":
      return elements(output) * elements(right.slice(1));
    case "ConvTranspose":
      return elements(left) * elements(right.slice(1));
    case "Gemm":
      return elements(output) * right[(node.attribute("transB") ?? 0) === 0 ? 0 : 1]!;
    case "Einsum":
      return elements(output) * contracted(String(node.attribute("equation")), [left, right]);
    case "RNN":
    case "GRU":
    case "LSTM":
      // Every step of every sequence meets the weights of the input and those of the state.
      return (elements(left) / (left?.at(-1) ?? Number.NaN)) * (elements(right) + elements(shapeOf(node.inputs[2])));
    default:
      return elements(output) * right.at(right.length === 1 ? 0 : -2)!;
  }
}

function isProduct(node: NodeView): boolean {
  return node.domain === "" && ["Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "RNN", "GRU", "LSTM"].includes(node.op);
}

/** The sizes that an equation such as "bhid,bhjd->bhij" sums over, multiplied. */
function contracted(equation: string, shapes: readonly (readonly number[] | undefined)[]): number {
  const [read = "", given] = equation.replaceAll(" ", "").split("->");
  // Without an arrow, labels that stand there once are written.
  const written = given ?? [...read].filter((label) => read.split(label).length === 2).join("");
  const sizes = new Map<string, number>();
  read.split(",").forEach((term, operand) => {
    const [before = "", after = ""] = term.split("...");
    [...before].forEach((label, axis) => {
      sizes.set(label, shapes[operand]?.[axis] ?? Number.NaN);
    });
    [...after].forEach((label, axis) => {
      sizes.set(label, shapes[operand]?.at(axis - after.length) ?? Number.NaN);
    });
  });
  return [...sizes].reduce((product, [label, size]) => (written.includes(label) ? product : product * size), 1);
}

function isKnown(shape: ValueView["shape"]): shape is readonly number[] {
  return shape?.every((size) => typeof size === "number") ?? false;
}

function elements(shape: readonly number[] | undefined): number {
  return shape === undefined ? Number.NaN : shape.reduce((product, size) => product * size, 1);
}
