import { formatShare } from "@halftone/core";
import type { Actions } from "../actions.ts";
import { gridLines } from "../charts/grid-lines.ts";
import { clippedShare, histogramBars } from "../charts/histogram-bars.ts";
import { histogramChart, short } from "../charts/histogram-chart.ts";
import { button, el, field, section } from "../dom.ts";
import { outcomeOf, type State } from "../state.ts";
import type { Store } from "../store.ts";
import { type GridChoice, gridChoices, type TensorHistogram } from "../tensors.ts";
import { progressView } from "./progress.ts";

const mostBars = 120;
const rescaled = "The plan rescales this weight along its inputs first; shown are the values before that. ";

/** The values of a tensor that the user picks, and the grid they were put on. */
export function histogramView(store: Store<State>, actions: Actions): HTMLElement {
  const chooser = el("select");
  const choices = (): readonly GridChoice[] => {
    const outcome = outcomeOf(store.state);
    return outcome ? gridChoices(outcome.plan) : [];
  };
  store.watch(outcomeOf, () => chooser.replaceChildren(...choices().map(({ label }, index) => el("option", { value: index }, label))));
  const show = button("Show histogram", () => {
    const choice = choices()[Number(chooser.value)];
    if (choice) void actions.showHistogram(choice);
  });
  const progress = progressView("Progress of the histogram", "Stop", actions.stopHistogram);
  const content = el("div", { "aria-live": "polite" });
  store.watch(
    ({ histogram }) => histogram,
    (histogram) => {
      progress.show(histogram.status === "running" ? histogram.progress : undefined);
      if (histogram.status === "done") content.replaceChildren(figure(histogram.value));
      else content.replaceChildren(...(histogram.status === "failed" ? [el("p", { class: "problem" }, histogram.message)] : []));
    },
  );
  return section("Histogram of a tensor", el("div", { class: "pick" }, field("Tensor", chooser), show), progress.element, content).element;
}

function figure({ choice, histogram, slice, ofSlice, beforeRescaling }: TensorHistogram): HTMLElement {
  const lines = gridLines(choice.encoding, slice);
  const bars = histogramBars(histogram, mostBars);
  const { min, max } = histogram.range;
  const summary =
    histogram.total === 0
      ? "No finite value was seen."
      : `${histogram.total.toLocaleString("en")} values from ${short(min)} to ${short(max)}, ${formatShare(histogram.zeros / histogram.total)} of them zero. ` +
        `The grid has ${lines.length} values from ${short(lines[0]!)} to ${short(lines.at(-1)!)}; ${formatShare(clippedShare(histogram, lines))} of the values lie beyond it and are clipped.`;
  return el(
    "figure",
    {},
    histogramChart(bars, lines, `Histogram of ${choice.label}. ${summary}`),
    el(
      "figcaption",
      {},
      `Bars: how often values occur, on a logarithmic scale. Ticks below: ${typeOf(choice)}. ${scalesOf(choice, slice, ofSlice)}${beforeRescaling ? rescaled : ""}${summary}`,
    ),
  );
}

function typeOf({ encoding }: GridChoice): string {
  switch (encoding.kind) {
    case "affine":
      return `what ${encoding.dtype}${encoding.bits === undefined ? "" : ` with ${encoding.bits} bits in use`} can hold`;
    case "twin":
      return `the twin grids, apart at ${short(encoding.threshold)}`;
    case "log":
      return `a logarithmic grid of base ${encoding.base === "2" ? "2" : "√2"}`;
    default:
      return encoding satisfies never;
  }
}

function scalesOf({ encoding }: GridChoice, slice: number, ofSlice: boolean): string {
  if (encoding.kind !== "affine" || encoding.scale.length === 1) return "";
  const which = `the coarsest of ${encoding.scale.length} grids, number ${slice}`;
  return ofSlice ? `Shown is the channel with ${which}. ` : `The ticks are ${which}. `;
}
