import { quantize } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { mobileXnnpack } from "@halftone/mobile";
import { originalModel } from "./assets.ts";
import { calibrationBackend } from "./run-model.ts";
import { type Sample, sourceOf } from "./samples.ts";

/** Quantizes on the phone: the samples never leave it. Answers with a line to show. */
export async function quantizeHere(samples: readonly Sample[], onStage: (stage: string) => void): Promise<string> {
  const { report } = await quantize({
    model: { model: await originalModel() },
    source: sourceOf(samples),
    method: minMax(),
    backend: calibrationBackend(),
    target: mobileXnnpack(),
    onEvent: (event) => {
      if (event.type === "stage-start") onStage(event.stage);
    },
  });
  const [first] = Object.values(report.outputs);
  const seconds = Object.values(report.seconds).reduce((sum, each) => sum + each, 0);
  return `${report.nodes.quantized} of ${report.nodes.total} nodes, ${first?.sqnrDb.toFixed(1)} dB, ${seconds.toFixed(1)} s`;
}
