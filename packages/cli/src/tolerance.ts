import { QuantError, type QuantReport } from "@halftone/core";
import { percent } from "./text/units.ts";

/** How an accuracy was kept, in points (of a hundred). */
export interface Judgement {
  readonly metric: "top1" | "agreement";
  readonly loss: number;
  readonly allowed: number;
  readonly kept: boolean;
}

type Measured = Pick<QuantReport, "metrics" | "agreement">;

/** Top-1 where there are labels, else the agreement of both models. @throws `invalid-config` when neither was measured. */
export function judge({ metrics, agreement }: Measured, allowed: number): Judgement {
  const top1 = metrics["top1"];
  const loss = top1 ? top1.float - top1.quantized : agreement && 1 - agreement.top1;
  if (loss === undefined) {
    throw new QuantError("invalid-config", "--tolerance needs a model whose first output is class scores [N, classes]; give a metric of your own in code.", {
      details: { field: "--tolerance" },
    });
  }
  const points = percent(loss);
  return { metric: top1 ? "top1" : "agreement", loss: points, allowed, kept: points <= allowed };
}

export function belowTolerance({ metric, loss, allowed }: Judgement): QuantError {
  const what = metric === "top1" ? "Top-1 accuracy fell by" : "The first class changed for";
  return new QuantError("accuracy-below-tolerance", `${what} ${loss.toFixed(2)} points, more than the ${allowed} that --tolerance allows.`, {
    details: { metric, loss, allowed },
  });
}
