export { type CalibratorOptions, createCalibrator } from "./calibrator.ts";
export { type CheckFeeds, feedChecker } from "./feeds.ts";
export { observeChannelExtremes } from "./observe-channel-extremes.ts";
export { observeExtremes } from "./observe-extremes.ts";
export { type HistogramOptions, observeHistogram } from "./observe-histogram.ts";
export { type MovingAverageOptions, observeMovingAverage } from "./observe-moving-average.ts";
