import { float, int, ints, type Node, type Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

/** Y = A*B: dA = G*B^T, dB = A^T*G, each summed over the batch axes that were broadcast. */
const matMul: GradientRule = (node, [gradient], builder) => {
  const [left, right] = node.inputs as [Value, Value];
  const [leftRank, rightRank] = [builder.rankOf(left), builder.rankOf(right)];
  if (leftRank === 1 || rightRank === 1) return vectorProduct(node, gradient!, builder);
  return [
    builder.isActive(left) ? builder.sumLike(builder.op("MatMul", [gradient!, transposed(builder, right)]), node, 0, 2) : undefined,
    builder.isActive(right) ? builder.sumLike(builder.op("MatMul", [transposed(builder, left), gradient!]), node, 1, 2) : undefined,
  ];
};

function transposed(builder: GradientBuilder, matrix: Value): Value {
  const rank = builder.rankOf(matrix);
  return builder.op("Transpose", [matrix], { perm: ints([...Array(rank - 2).keys(), rank - 1, rank - 2]) });
}

/** A vector times a matrix or a vector, without batch: the product of a row [1, k] and a column [k, 1]. */
function vectorProduct(node: Node, gradient: Value, builder: GradientBuilder): readonly (Value | undefined)[] {
  const [left, right] = node.inputs as [Value, Value];
  const [leftRank, rightRank] = [builder.rankOf(left), builder.rankOf(right)];
  if (leftRank > 2 || rightRank > 2) builder.refuse("a vector is multiplied with a batch of matrices");
  const row = leftRank === 1 ? builder.op("Unsqueeze", [left, builder.integers([0])]) : left;
  const column = rightRank === 1 ? builder.op("Unsqueeze", [right, builder.integers([1])]) : right;
  const shape = [leftRank === 1 ? 1 : -1, rightRank === 1 ? 1 : -1];
  const matrix = builder.op("Reshape", [gradient, builder.integers(shape)]);
  return [
    builder.reshapeLike(builder.op("Gemm", [matrix, column], { transB: int(1) }), left),
    builder.reshapeLike(builder.op("Gemm", [row, matrix], { transA: int(1) }), right),
  ];
}

/** Y = alpha*A'*B' + beta*C, where ' transposes if asked: dA' = alpha*G*B'^T, dB' = alpha*A'^T*G, dC = beta*G. */
const gemm: GradientRule = (node, [gradient], builder) => {
  const [left, right, bias] = node.inputs as [Value, Value, Value | undefined];
  const [transA, transB, alpha] = [node.int("transA", 0), node.int("transB", 0), float(node.float("alpha", 1))];
  const product = (a: Value, b: Value, transposeA: number, transposeB: number): Value =>
    builder.op("Gemm", [a, b], { alpha, transA: int(transposeA), transB: int(transposeB) });
  const ofBias = (): Value => builder.sumLike(builder.op("Mul", [gradient!, builder.scalar(node.float("beta", 1))]), node, 2);
  return [
    transA ? product(right, gradient!, transB, 1) : product(gradient!, right, 0, 1 - transB),
    transB ? product(gradient!, left, 1, transA) : product(left, gradient!, 1 - transA, 0),
    builder.isActive(bias) ? ofBias() : undefined,
  ];
};

export const productRules: Readonly<Record<string, GradientRule>> = { MatMul: matMul, Gemm: gemm };
