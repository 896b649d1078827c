import { seededRandom } from "@halftone/core";

export interface Wanted {
  /** Default: 128, and no more than leaves a quarter for verification. */
  readonly calibration?: number | undefined;
  readonly verification: number;
  readonly seed: number;
}

export interface Draw {
  readonly calibration: readonly number[];
  readonly verification: readonly number[];
  /** False when the data was too small to keep samples apart for verification. */
  readonly heldOut: boolean;
}

const defaultCalibration = 128;

/** Which of `count` samples calibrate and which verify. Drawn by seed, for files are often in order of class. */
export function draw(count: number, wanted: Wanted): Draw {
  const order = shuffled(count, seededRandom(wanted.seed));
  const size = wanted.calibration ?? Math.min(defaultCalibration, Math.ceil(0.75 * count));
  const calibration = inOrder(order.slice(0, size));
  const rest = order.slice(size);
  return { calibration, verification: rest.length > 0 ? inOrder(rest.slice(0, wanted.verification)) : calibration, heldOut: rest.length > 0 };
}

function inOrder(indices: readonly number[]): readonly number[] {
  return [...indices].sort((left, right) => left - right);
}

/** Fisher and Yates. */
function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
