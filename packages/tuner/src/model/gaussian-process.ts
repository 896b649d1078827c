/**
 * Gaussian process regression (Rasmussen and Williams, 2006, chapter 2): with observations z of a function of prior mean m and covariance k,
 *
 *     mean(x) = m(x) + k(x, X) (k(X, X) + N)^-1 (z - m(X))        variance(x) = k(x, x) - k(x, X) (k(X, X) + N)^-1 k(X, x)
 */
import { factor } from "./cholesky.ts";

export interface Prior<Point> {
  mean(point: Point): number;
  covariance(one: Point, other: Point): number;
}

export interface Observed<Point> {
  readonly point: Point;
  readonly value: number;
  /** Variance of the value's error, above 0. */
  readonly noise: number;
}

export interface Posterior<Point> {
  mean(point: Point): number;
  deviation(point: Point): number;
}

export function condition<Point>(prior: Prior<Point>, observed: readonly Observed<Point>[]): Posterior<Point> {
  const covariances = (point: Point): readonly number[] => observed.map((each) => prior.covariance(point, each.point));
  const factored = factor(
    observed.length,
    (row, column) => prior.covariance(observed[row]!.point, observed[column]!.point) + (row === column ? observed[row]!.noise : 0),
  );
  const weights = factored.solve(observed.map(({ point, value }) => value - prior.mean(point)));
  return {
    mean: (point) => prior.mean(point) + product(covariances(point), weights),
    deviation: (point) => {
      const own = covariances(point);
      return Math.sqrt(Math.max(0, prior.covariance(point, point) - product(own, factored.solve(own))));
    },
  };
}

function product(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0);
}
