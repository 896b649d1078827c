import { formatBytes } from "@halftone/core";
import { button, el } from "../dom.ts";
import { downloadsOf, save } from "../downloads.ts";
import type { Outcome } from "../job.ts";
import type { State } from "../state.ts";
import type { Store } from "../store.ts";

export function downloadsView(store: Store<State>, outcome: Outcome): HTMLElement {
  const layers = () => {
    const { layers } = store.state;
    return layers.status === "done" ? layers.value : undefined;
  };
  const size = formatBytes(outcome.report.bytes.after);
  const buttons = downloadsOf(outcome, layers).map((download) =>
    button(`Download the ${download.label.toLowerCase()}${download.label === "Model" ? ` (${size})` : ""}`, () => save(download)),
  );
  return el("div", { class: "downloads" }, ...buttons);
}
