/** A range of numbers along a side of a chart. */
export interface Axis {
  readonly ticks: readonly number[];
  /** From 0 to 1 along the side. */
  place(value: number): number;
}

const steps = [1, 2, 5, 10];

/** Covers all values, with ticks at round numbers: about `count` of them. */
export function axisOf(values: readonly number[], count = 5): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const width = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(width / count));
  const step = power * steps.find((factor) => factor * power >= width / count - 1e-12 * width)!;
  const start = Math.floor(least / step + 1e-9);
  const end = Math.max(start + 1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: end - start + 1 }, (_, index) => Number(((start + index) * step).toPrecision(12)));
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  return { ticks, place: (value) => (value - first) / (last - first) };
}
