import { el, svg } from "../dom.ts";
import type { HistogramBar } from "./histogram-bars.ts";

// Units of the drawing, which is stretched to the room there is.
const width = 1000;
const baseline = 220;
const tickLength = 18;

/** Bars of how often values occur, on a logarithmic scale, with the values the grid can hold as ticks below, where there is one. */
export function histogramChart(bars: readonly HistogramBar[], lines: readonly number[], label: string): HTMLElement {
  const ends = [bars[0]?.from, bars.at(-1)?.to, lines[0], lines.at(-1)].filter((end) => end !== undefined);
  const [low, high] = ends.length > 0 ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
  const shareAt = (value: number): number => (value - low) / (high - low);
  const x = (value: number): string => (shareAt(value) * width).toFixed(2);
  const most = Math.log1p(Math.max(1, ...bars.map(({ count }) => count)));
  const drawnBars = bars
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => {
      const height = (Math.log1p(count) / most) * baseline;
      return svg("rect", { class: "bar", x: x(from), y: baseline - height, width: Math.max((shareAt(to) - shareAt(from)) * width - 0.5, 0.5), height });
    });
  const ticks = lines.map((line) => svg("line", { class: "tick", x1: x(line), x2: x(line), y1: baseline + 4, y2: baseline + 4 + tickLength }));
  const axis = svg("line", { class: "axis", x1: 0, x2: width, y1: baseline, y2: baseline });
  const viewBox = `0 0 ${width} ${baseline + 4 + tickLength}`;
  const labels = axisLabels(low, high).map(({ value, side }) => {
    const text = el("span", { class: side }, short(value));
    if (side === "middle") text.style.insetInlineStart = `${(100 * shareAt(value)).toFixed(1)}%`;
    return text;
  });
  return el(
    "div",
    { class: "histogram" },
    svg("svg", { viewBox, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...drawnBars, axis, ...ticks),
    el("div", { class: "axis-labels", "aria-hidden": "true" }, ...labels),
  );
}

/** Both ends, and zero where it is far from both. */
function axisLabels(low: number, high: number): readonly { readonly value: number; readonly side: string }[] {
  const nearZero = (end: number): boolean => Math.abs(end) < (high - low) * 0.12;
  const zero = low < 0 && high > 0 && !nearZero(low) && !nearZero(high) ? [{ value: 0, side: "middle" }] : [];
  return [{ value: low, side: "start" }, ...zero, { value: high, side: "end" }];
}

export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
