import type { Json, QuantReport } from "@halftone/core";
import { finiteOrNull, milliseconds, percent } from "./units.ts";

type Measured = Pick<QuantReport, "metrics" | "agreement" | "outputs" | "bytes" | "latency" | "samples">;

/** The keys that every comparison answers with; what was not measured is null. */
export function comparisonJson(measured: Measured) {
  const { metrics, agreement, outputs, bytes, latency, samples } = measured;
  const accuracy = (model: "float" | "quantized") => ({ top1: shareOf(metrics["top1"]?.[model]), top5: shareOf(metrics["top5"]?.[model]) });
  return {
    float: accuracy("float"),
    quantized: accuracy("quantized"),
    agreement: shareOf(agreement?.top1),
    sqnrDb: finiteOrNull(Object.values(outputs)[0]?.sqnrDb ?? Number.NaN),
    bytes,
    latencyMs: { float: timeOf(latency?.float), quantized: timeOf(latency?.quantized) },
    count: samples,
  } satisfies Json;
}

function shareOf(share: number | undefined): number | null {
  return share === undefined ? null : percent(share);
}

function timeOf(seconds: number | undefined): number | null {
  return seconds === undefined ? null : milliseconds(seconds);
}
