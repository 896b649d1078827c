/**
 * Rounds to the nearest integer, ties to the even one, as IEEE 754, ONNX QuantizeLinear and `numpy.rint` do. Adding 2^52
 * leaves no room for a fraction, so the addition itself rounds. The sign of zero is kept.
 */
export function roundHalfEven(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < 2 ** 52)) return value;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}
