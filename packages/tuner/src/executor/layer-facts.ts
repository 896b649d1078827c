/**
 * Ranges and sensitivities of a model's layers, for strategies that learn across models. A sensitivity is estimated, not measured: rounding to a grid of
 * step s is noise of power s^2 / 12 (Widrow and Kollar, 2008), and a layer hears that of its operand and of its weight:
 *
 *     SQNR = 10 log10 (1 / (n_x / p_x + n_w / p_w))        n: power of the noise, p: of the values
 */
import {
  type Backend,
  type CalibrationSource,
  createCalibrator,
  type Histogram,
  type Model,
  type NodeView,
  observeHistogram,
  writeModel,
} from "@halftone/core";
import { meanOf, medianOf } from "../model/averages.ts";
import { channelsOf } from "./channels.ts";

export interface LayerFactsOptions {
  /** Normalized. */
  readonly model: Model;
  /** Of that model: nodes with a constant weight. */
  readonly layers: readonly NodeView[];
  readonly source: CalibrationSource;
  readonly backend: Backend;
  readonly signal?: AbortSignal;
}

/** Steps of an 8-bit grid. */
const steps = 255;

/**
 * Over all layers, the median and the worst of: how many octaves the range of the operand is wider than its root mean square (`activationRange`), how many
 * octaves the widest output channel of the weight is wider than the usual one (`weightRange`), and the estimated SQNR in dB at 8 bits with one scale
 * (`sqnrTensor`) or one per channel of the weight (`sqnrChannel`). Empty where no layer has values. One pass over the source. @throws as a calibrator.
 */
export async function layerFacts({ model, layers, source, backend, signal }: LayerFactsOptions): Promise<Readonly<Record<string, number>>> {
  const operands = layers.flatMap((node) => {
    const operand = node.inputs.slice(0, 2).find((value) => value !== undefined && value.constant === undefined);
    return operand ? [{ node, observation: observeHistogram(operand.name) }] : [];
  });
  const observations = operands.map(({ observation }) => observation);
  const statistics = await createCalibrator().collect(writeModel(model), source, observations, backend, signal ? { signal } : {});
  const rows = operands.map(({ node, observation }) => rowOf(node, statistics.get(observation)));
  return {
    ...summary(
      "activationRange",
      rows.map((row) => row.activationRange),
      Math.max,
    ),
    ...summary(
      "weightRange",
      rows.map((row) => row.weightRange),
      Math.max,
    ),
    ...summary(
      "sqnrTensor",
      rows.map((row) => row.sqnrTensor),
      Math.min,
    ),
    ...summary(
      "sqnrChannel",
      rows.map((row) => row.sqnrChannel),
      Math.min,
    ),
  };
}

function rowOf(node: NodeView, histogram: Histogram) {
  const span = Math.max(0, histogram.range.max) - Math.min(0, histogram.range.min);
  const power = powerOf(histogram);
  const channels = channelsOf(node);
  const weightPower = meanOf(channels.map(({ meanSquare }) => meanSquare));
  const peaks = channels.map(({ peak }) => peak);
  const widest = Math.max(...peaks);
  const heard = noiseOf(span) / power;
  return {
    activationRange: Math.log2(span / Math.sqrt(power)),
    weightRange: Math.log2(widest / medianOf(peaks)),
    sqnrTensor: decibels(heard + noiseOf(2 * widest) / weightPower),
    sqnrChannel: decibels(heard + meanOf(peaks.map((peak) => noiseOf(2 * peak))) / weightPower),
  };
}

function noiseOf(span: number): number {
  return (span / steps) ** 2 / 12;
}

function decibels(noiseToSignal: number): number {
  return -10 * Math.log10(noiseToSignal);
}

/** Mean square, each value at the middle of its bin. */
function powerOf({ counts, width, total, zeros }: Histogram): number {
  const middle = counts.length / 2;
  const sum = counts.reduce((power, count, index) => power + (index === middle ? count - zeros : count) * ((index - middle + 0.5) * width) ** 2, 0);
  return sum / total;
}

/** Layers without values, or with nothing but zeros, have no say. */
function summary(name: string, all: readonly number[], worst: (...values: number[]) => number): Readonly<Record<string, number>> {
  const values = all.filter(Number.isFinite);
  return values.length === 0 ? {} : { [name]: medianOf(values), [`${name}Worst`]: worst(...values) };
}
