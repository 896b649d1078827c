import { formatPlan, type NodeSensitivity, renderReport } from "@halftone/core";
import type { Outcome } from "./job.ts";

export interface Download {
  readonly name: string;
  readonly label: string;
  content(): Blob;
}

/** Everything a run came to, as files. The report holds what is known of the layers by the time it is saved. */
export function downloadsOf({ subject, model, plan, report }: Outcome, layers: () => readonly NodeSensitivity[] | undefined): readonly Download[] {
  const external = [...(model.external ?? new Map<string, Uint8Array>())];
  return [
    { name: `${subject.name}.quantized.onnx`, label: "Model", content: () => blob(model.model, "application/octet-stream") },
    ...external.map(([name, bytes]) => ({ name, label: `Weights of the model (${name})`, content: () => blob(bytes, "application/octet-stream") })),
    { name: `${subject.name}.plan.json`, label: "Plan", content: () => blob(formatPlan(plan), "application/json") },
    {
      name: `${subject.name}.report.html`,
      label: "Report",
      content: () => {
        const sensitivity = layers();
        return blob(renderReport({ title: subject.name, report, plan, ...(sensitivity && { sensitivity }) }), "text/html");
      },
    },
  ];
}

/** Hands a file to the browser as a download. */
export function save({ name, content }: Download): void {
  const url = URL.createObjectURL(content());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download holds on to what it needs once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function blob(content: Uint8Array | string, type: string): Blob {
  return new Blob([content as BlobPart], { type });
}
