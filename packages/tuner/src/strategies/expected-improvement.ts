/** How much better than `best` a normally distributed value is in expectation (Jones, Schonlau and Welch, 1998). */
export function expectedImprovement(mean: number, deviation: number, best: number): number {
  if (deviation <= 0) return Math.max(0, mean - best);
  const distance = (mean - best) / deviation;
  return (mean - best) * cumulative(distance) + deviation * density(distance);
}

function density(value: number): number {
  return Math.exp(-0.5 * value * value) / Math.sqrt(2 * Math.PI);
}

/** Of the standard normal distribution, by Abramowitz and Stegun 26.2.17: absolute error below 7.5e-8. */
function cumulative(value: number): number {
  const scale = 1 / (1 + 0.2316419 * Math.abs(value));
  const series = scale * (0.31938153 + scale * (-0.356563782 + scale * (1.781477937 + scale * (-1.821255978 + scale * 1.330274429))));
  const upper = density(value) * series;
  return value > 0 ? 1 - upper : upper;
}
