import { svg } from "../dom.ts";
import type { HistogramBar } from "./histogram-bars.ts";

const width = 720;
const height = 260;
const plot = { left: 8, right: width - 8, top: 8, bottom: 208 };
const tickLength = 14;

/** Bars of how often values occur, on a logarithmic scale, with the values the grid can hold as ticks below. */
export function histogramChart(bars: readonly HistogramBar[], lines: readonly number[], label: string): SVGSVGElement {
  const low = Math.min(bars[0]?.from ?? 0, lines[0] ?? 0);
  const high = Math.max(bars.at(-1)?.to ?? 1, lines.at(-1) ?? 1);
  const x = (value: number): number => plot.left + ((value - low) / (high - low)) * (plot.right - plot.left);
  const most = Math.log1p(Math.max(1, ...bars.map(({ count }) => count)));
  const barHeight = (count: number): number => (Math.log1p(count) / most) * (plot.bottom - plot.top);
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "histogram" },
    ...bars
      .filter(({ count }) => count > 0)
      .map(({ from, to, count }) =>
        svg("rect", {
          class: "bar",
          x: x(from).toFixed(2),
          y: (plot.bottom - barHeight(count)).toFixed(2),
          width: Math.max(x(to) - x(from) - 0.5, 0.5).toFixed(2),
          height: barHeight(count).toFixed(2),
        }),
      ),
    svg("line", { class: "axis", x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom }),
    ...lines.map((line) =>
      svg("line", { class: "tick", x1: x(line).toFixed(2), x2: x(line).toFixed(2), y1: plot.bottom + 2, y2: plot.bottom + 2 + tickLength }),
    ),
    ...axisLabels(low, high).map(({ value, anchor }) => svg("text", { x: x(value).toFixed(2), y: height - 8, "text-anchor": anchor }, short(value))),
  );
}

/** Both ends, and zero where it is far from both. */
function axisLabels(low: number, high: number): readonly { readonly value: number; readonly anchor: string }[] {
  const nearZero = (end: number): boolean => Math.abs(end) < (high - low) * 0.12;
  const zero = low < 0 && high > 0 && !nearZero(low) && !nearZero(high) ? [{ value: 0, anchor: "middle" }] : [];
  return [{ value: low, anchor: "start" }, ...zero, { value: high, anchor: "end" }];
}

export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
