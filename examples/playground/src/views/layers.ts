import { formatDecibel, formatShare, type NodeSensitivity } from "@halftone/core";
import type { Actions } from "../actions.ts";
import { layerBars } from "../charts/layer-bars.ts";
import { el, section, table } from "../dom.ts";
import type { State } from "../state.ts";
import type { Store } from "../store.ts";
import { progressView } from "./progress.ts";

const mostBars = 24;

/** What every layer costs alone, measured after the run. */
export function layersView(store: Store<State>, actions: Actions): HTMLElement {
  const progress = progressView("Progress of measuring the layers", "Stop measuring", actions.stopLayers);
  const content = el("div");
  store.watch(
    ({ layers }) => layers,
    (layers) => {
      progress.show(layers.status === "running" ? layers.progress : undefined);
      if (layers.status === "done") content.replaceChildren(chart(layers.value));
      else if (layers.status === "failed") content.replaceChildren(el("p", { class: "problem" }, layers.message));
      else content.replaceChildren(...(layers.status === "cancelled" ? [el("p", { class: "hint" }, "Stopped before every layer was measured.")] : []));
    },
  );
  return section(
    "Error per layer",
    el("p", {}, "How much noise each node adds to the first output when it alone is quantized. Long bars hurt."),
    progress.element,
    content,
  ).element;
}

function chart(rows: readonly NodeSensitivity[]): HTMLElement {
  const bars = layerBars(rows, mostBars);
  const shown = bars.map(({ node, op, sqnrDb, noise, length }) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${(100 * length).toFixed(1)}%`;
    return [
      el("span", { class: "node" }, node, " ", el("span", { class: "hint" }, op)),
      el("div", { class: "bar-cell" }, el("span", { class: "track" }, bar), el("span", {}, `${formatShare(noise)}`)),
      formatDecibel(sqnrDb),
    ];
  });
  const rest = rows.length - bars.length;
  return el(
    "div",
    {},
    table("Error per layer, the noisiest first", ["node", "noise", "signal to noise"], shown),
    ...(rest > 0 ? [el("p", { class: "hint" }, `${rest} more nodes add less noise than these; the report lists 40.`)] : []),
  );
}
