import { type AdaptorTable, listToInput } from "./adaptor.ts";

const axesToInput = listToInput("axes", 1);

/** Axes became an input: in 13 where exporters computed them at run time, in 18 for the other reductions. */
export const axes: AdaptorTable = {
  Squeeze: { 13: axesToInput },
  Unsqueeze: { 13: axesToInput },
  ReduceSum: { 13: axesToInput },
  ReduceMean: { 18: axesToInput },
  ReduceMax: { 18: axesToInput },
  ReduceMin: { 18: axesToInput },
  ReduceProd: { 18: axesToInput },
  ReduceL1: { 18: axesToInput },
  ReduceL2: { 18: axesToInput },
  ReduceLogSum: { 18: axesToInput },
  ReduceLogSumExp: { 18: axesToInput },
  ReduceSumSquare: { 18: axesToInput },
};
