/**
 * How far a quantized model's answers are from the float model's, as distributions over classes: the Kullback-Leibler divergence in nats, its mean over all
 * positions of all samples.
 *
 *     KL(P || Q) = sum over classes of p (log p - log q)        P: of the float model, Q: of the quantized one
 *
 * Logits become a distribution by softmax. A model that ends in one answers with probabilities: on a grid those may be 0 and need not add up to 1, so none
 * counts as less than 2^-24, the last place of a float32 below 1, and their sum is taken out, of both models alike.
 */
import { type Metric, QuantError, type Tensor } from "@halftone/core";

const leastProbability = 2 ** -24;
/** How far sums of probabilities in float32 are from 1 at most. */
const sumTolerance = 1e-3;

/**
 * The metric `kl` of the first output: minus the divergence, because the larger result of a metric is the better one. `float` holds what the float model answers
 * to each sample, in the order of the data. Classes stand in the last dimension of two or three, in the second of more, as channels do. Whether answers are
 * probabilities or logits is read from the float model's.
 *
 * @throws `invalid-data` where an answer is not float32 with two dimensions or more and two classes or more, or a sample has no such answer of the float model.
 */
export function klDivergence(float: readonly Tensor[]): Metric {
  const answers = float.map(classesOf);
  const logarithms = answers.every(areProbabilities) ? ofProbabilities : ofLogits;
  return {
    name: "kl",
    create: () => {
      let [total, positions] = [0, 0];
      return {
        update: (outputs, index) => {
          const [own, reference] = [classesOf(Object.values(outputs)[0]), answers[index]];
          if (reference?.data.length !== own.data.length) throw invalid(`sample ${index} has no answer of the float model in that shape`);
          for (const [start, stride] of positionsOf(reference)) {
            total += divergence(logarithms(reference, start, stride), logarithms(own, start, stride));
            positions++;
          }
        },
        result: () => (positions === 0 ? 0 : 0 - total / positions),
      };
    },
  };
}

interface Classes {
  readonly data: Float32Array;
  readonly classes: number;
  /** Values between a class and the next. */
  readonly inner: number;
}

function classesOf(tensor: Tensor | undefined): Classes {
  const { shape = [], data } = tensor ?? {};
  const axis = shape.length <= 3 ? shape.length - 1 : 1;
  const classes = shape[axis] ?? 0;
  if (shape.length < 2 || classes < 2 || !(data instanceof Float32Array)) {
    throw invalid(`the first output of the model is no distribution over classes, float32 [N, classes] or more: it is [${shape.join(", ")}]`);
  }
  return { data, classes, inner: shape.slice(axis + 1).reduce((product, size) => product * size, 1) };
}

/** Where the first class of each position is, and how far it is to the next class. */
function* positionsOf({ data, classes, inner }: Classes): Generator<readonly [start: number, stride: number]> {
  for (let outer = 0; outer < data.length; outer += classes * inner) for (let start = outer; start < outer + inner; start++) yield [start, inner];
}

function areProbabilities(answer: Classes): boolean {
  for (const [start, stride] of positionsOf(answer)) {
    const values = valuesOf(answer, start, stride);
    if (values.some((value) => value < 0) || !(Math.abs(sumOf(values) - 1) <= sumTolerance)) return false;
  }
  return true;
}

function ofLogits(answer: Classes, start: number, stride: number): Float64Array {
  const values = valuesOf(answer, start, stride);
  const largest = values.reduce((most, value) => Math.max(most, value));
  const logarithm = largest + Math.log(sumOf(values.map((value) => Math.exp(value - largest))));
  return values.map((value) => value - logarithm);
}

function ofProbabilities(answer: Classes, start: number, stride: number): Float64Array {
  const values = valuesOf(answer, start, stride).map((value) => Math.max(value, leastProbability));
  const logarithm = Math.log(sumOf(values));
  return values.map((value) => Math.log(value) - logarithm);
}

function divergence(float: Float64Array, quantized: Float64Array): number {
  const sum = float.reduce((before, logarithm, index) => {
    const probability = Math.exp(logarithm);
    return probability === 0 ? before : before + probability * (logarithm - quantized[index]!);
  }, 0);
  // Never negative but by rounding.
  return Math.max(0, sum);
}

function valuesOf({ data, classes }: Classes, start: number, stride: number): Float64Array {
  return Float64Array.from({ length: classes }, (_, index) => data[start + index * stride]!);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function invalid(problem: string): QuantError {
  return new QuantError("invalid-data", `Trials cannot be scored by divergence from the float model: ${problem}; hand in labels or a metric.`, {
    details: { field: "metrics" },
  });
}
