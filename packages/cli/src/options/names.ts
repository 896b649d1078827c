import type { OutlierHandling, Scheme, Scope } from "@halftone/core";
import type { LabelFreeScore } from "@halftone/tuner";

export const schemes = ["asymmetric", "symmetric", "symmetric-uint8", "power-of-two"] as const satisfies readonly Scheme[];
export const scopes = ["partial", "full"] as const satisfies readonly Scope[];
export const outlierHandlings = ["apart", "together"] as const satisfies readonly OutlierHandling[];
export const granularities = ["tensor", "channel"] as const;
export const calibrations = ["max", "moving-average", "percentile", "entropy", "mse"] as const;
export const scores = ["agreement", "kl"] as const satisfies readonly LabelFreeScore[];
