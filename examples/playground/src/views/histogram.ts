import { type Encoding, formatShare, type Histogram } from "@halftone/core";
import type { Actions } from "../actions.ts";
import { coarsestSlice, gridLines, sliceCount } from "../charts/grid-lines.ts";
import { clippedShare, histogramBars } from "../charts/histogram-bars.ts";
import { histogramChart, short } from "../charts/histogram-chart.ts";
import { button, el, field, section } from "../dom.ts";
import { outcomeOf, type State } from "../state.ts";
import type { Store } from "../store.ts";
import { type TensorChoice, type TensorHistogram, tensorChoices } from "../tensors.ts";
import { progressView } from "./progress.ts";

const mostBars = 120;
const rescaled = "The plan rescales this weight along its inputs first; shown are the values before that. ";

/** The values of a tensor that the user picks, and the grid they were put on. */
export function histogramView(store: Store<State>, actions: Actions): HTMLElement {
  const chooser = el("select");
  const channel = el("input", { type: "number", min: 0, step: 1, value: 0 });
  const channelField = field("Channel", channel);
  const hint = el("p", { class: "hint", id: "channels" });
  channel.setAttribute("aria-describedby", hint.id);
  let choices: readonly TensorChoice[] = [];
  const chosen = (): TensorChoice | undefined => choices[Number(chooser.value)];
  const lastSlice = (): number => sliceCount(chosen()?.encoding) - 1;
  const offerChannels = (): void => {
    const coarsest = coarsestSlice(chosen()?.encoding);
    channelField.hidden = hint.hidden = lastSlice() === 0;
    channel.max = String(lastSlice());
    channel.value = String(coarsest);
    hint.textContent = `Channels 0 to ${lastSlice()} have a grid each; that of ${coarsest} is the coarsest.`;
  };
  chooser.addEventListener("change", offerChannels);
  channel.addEventListener("change", () => {
    channel.value = String(Math.min(Math.max(0, Math.trunc(channel.valueAsNumber) || 0), lastSlice()));
  });
  store.watch(outcomeOf, (outcome) => {
    choices = outcome ? tensorChoices(outcome.plan, outcome.floats) : [];
    chooser.replaceChildren(...choices.map(({ label }, index) => el("option", { value: index }, label)));
    offerChannels();
  });
  const show = button("Show histogram", () => {
    const choice = chosen();
    if (choice) void actions.showHistogram(choice, channel.valueAsNumber);
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
  return section("Histogram of a tensor", el("div", { class: "pick" }, field("Tensor", chooser), channelField, show), hint, progress.element, content).element;
}

function figure({ choice, histogram, slice, ofSlice, beforeRescaling }: TensorHistogram): HTMLElement {
  const lines = choice.encoding ? gridLines(choice.encoding, slice) : [];
  const bars = histogramBars(histogram, mostBars);
  const { min, max } = histogram.range;
  const summary =
    histogram.total === 0
      ? "No finite value was seen."
      : `${histogram.total.toLocaleString("en")} values from ${short(min)} to ${short(max)}, ${formatShare(histogram.zeros / histogram.total)} of them zero. ${fitOf(histogram, lines)}`;
  return el(
    "figure",
    {},
    histogramChart(bars, lines, `Histogram of ${choice.label}. ${summary}`),
    el(
      "figcaption",
      {},
      `Bars: how often values occur, on a logarithmic scale. ${ticksOf(choice.encoding)}${scalesOf(choice.encoding, slice, ofSlice)}${beforeRescaling ? rescaled : ""}${summary}`,
    ),
  );
}

function fitOf(histogram: Histogram, lines: readonly number[]): string {
  if (lines.length === 0) return "The plan gives them no grid.";
  const clipped = formatShare(clippedShare(histogram, lines));
  return `The grid has ${lines.length} values from ${short(lines[0]!)} to ${short(lines.at(-1)!)}; ${clipped} of the values lie beyond it and are clipped.`;
}

function ticksOf(encoding: Encoding | undefined): string {
  return encoding ? `Ticks below: ${typeOf(encoding)}. ` : "";
}

function typeOf(encoding: Encoding): string {
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

function scalesOf(encoding: Encoding | undefined, slice: number, ofSlice: boolean): string {
  const count = sliceCount(encoding);
  if (count === 1) return "";
  const which = `${slice === coarsestSlice(encoding) ? "the coarsest, " : ""}number ${slice} of ${count}`;
  return ofSlice ? `Shown is one channel with its grid, ${which}. ` : `The ticks are those of one grid, ${which}. `;
}
