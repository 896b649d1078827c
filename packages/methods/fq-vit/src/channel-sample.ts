import { floatValues, type Observation, type Observer, seededRandom, type Tensor } from "@halftone/core";

/** Values of a tensor at positions drawn from all samples: every channel of a position, `channels` values after each other. */
export interface ChannelSample {
  readonly channels: number;
  readonly values: Float32Array;
}

/** Values held of one tensor at most, and positions at least: 1 MB for up to 1024 channels. */
const mostValues = 2 ** 18;
const fewestPositions = 2 ** 8;

/**
 * Every position is equally likely to be kept, however many there are (reservoir sampling, Vitter 1985). FQ-ViT decides on the last batch of the
 * calibration data instead. The draw has a seed of its own, so that equal data give equal samples.
 */
export function observeChannelSample(tensor: string, axis: number): Observation<ChannelSample> {
  return {
    key: `channel-sample:${tensor}:axis=${axis}`,
    tensor,
    reduction: { kind: "values" },
    createObserver: () => reservoir(axis),
  };
}

function reservoir(axis: number): Observer<ChannelSample> {
  const random = seededRandom(1);
  let kept = new Float32Array(0);
  let channels = 0;
  let seen = 0;

  const keep = (tensor: Tensor): void => {
    const values = floatValues(tensor);
    const capacity = Math.max(fewestPositions, Math.floor(mostValues / channels));
    const inner = extent(tensor.shape.slice(axis + 1));
    const positions = values.length / channels;
    if (kept.length < Math.min(seen + positions, capacity) * channels) kept = enlarged(kept, Math.min(2 * (seen + positions), capacity) * channels);
    for (let position = 0; position < positions; position++, seen++) {
      const slot = seen < capacity ? seen : Math.floor(random() * (seen + 1));
      if (slot >= capacity) continue;
      const start = Math.floor(position / inner) * channels * inner + (position % inner);
      for (let channel = 0; channel < channels; channel++) kept[slot * channels + channel] = values[start + channel * inner]!;
    }
  };

  return {
    update: (tensor) => {
      channels = tensor.shape[axis]!;
      if (tensor.data.length > 0) keep(tensor);
    },
    result: () => ({ channels, values: kept.subarray(0, Math.min(seen * channels, kept.length)) }),
  };
}

function enlarged(values: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(length);
  larger.set(values);
  return larger;
}

function extent(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
