import { type Html, html } from "@halftone/core";
import { axisOf } from "./axis.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** What a reader is told who points at it. */
  readonly title: string;
  /** Drawn larger, as a diamond: the difference does not rest on colour. */
  readonly stressed?: boolean;
}

export interface PointChart {
  /** What the chart shows, in a sentence, for those who do not see it. */
  readonly label: string;
  readonly points: readonly Point[];
  /** Steps to the right: each holds until the next. */
  readonly stairs?: readonly { readonly x: number; readonly y: number }[];
  /** A dashed line across, with its name. */
  readonly level?: { readonly y: number; readonly name: string };
  readonly xName: string;
  readonly yName: string;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
}

const [width, height] = [760, 320];
const edge = { left: 84, right: 16, top: 28, bottom: 44 };

/** Points, and what connects them, as inline SVG. */
export function pointChart(chart: PointChart): Html {
  const { label, points, stairs = [], level, xName, yName, formatX, formatY } = chart;
  if (points.length === 0) return html`<p>Nothing to show.</p>`;
  const [horizontal, vertical] = [axisOf(points.map(({ x }) => x)), axisOf([...points.map(({ y }) => y), ...(level ? [level.y] : [])])];
  const x = (value: number): string => (edge.left + horizontal.place(value) * (width - edge.left - edge.right)).toFixed(1);
  const y = (value: number): string => (height - edge.bottom - vertical.place(value) * (height - edge.top - edge.bottom)).toFixed(1);
  return html`<div class="scroll"><svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-label="${label}">
${vertical.ticks.map(
  (tick) => html`<line class="grid" x1="${edge.left}" x2="${width - edge.right}" y1="${y(tick)}" y2="${y(tick)}"></line>
<text x="${edge.left - 8}" y="${y(tick)}" dy="4" text-anchor="end">${formatY(tick)}</text>`,
)}
${horizontal.ticks.map((tick) => html`<text x="${x(tick)}" y="${height - edge.bottom + 18}" text-anchor="middle">${formatX(tick)}</text>`)}
<text x="${(edge.left + width - edge.right) / 2}" y="${height - 6}" text-anchor="middle">${xName}</text>
<text x="4" y="14">${yName}</text>
${
  level
    ? html`<line class="level" x1="${edge.left}" x2="${width - edge.right}" y1="${y(level.y)}" y2="${y(level.y)}"></line>
<text x="${width - edge.right}" y="${y(level.y)}" dy="-5" text-anchor="end">${level.name}</text>`
    : ""
}
${stairs.length > 0 ? html`<path class="stairs" d="${pathOf(stairs, x, y)}"></path>` : ""}
${points.map((point) => mark(point, Number(x(point.x)), Number(y(point.y))))}
</svg></div>`;
}

function pathOf(stairs: NonNullable<PointChart["stairs"]>, x: (value: number) => string, y: (value: number) => string): string {
  return stairs.map((step, index) => (index === 0 ? `M${x(step.x)} ${y(step.y)}` : `H${x(step.x)}V${y(step.y)}`)).join("");
}

function mark({ title, stressed }: Point, x: number, y: number): Html {
  if (!stressed) return html`<circle cx="${x}" cy="${y}" r="4"><title>${title}</title></circle>`;
  const size = 8;
  const corners = `${x},${y - size} ${x + size},${y} ${x},${y + size} ${x - size},${y}`;
  return html`<polygon class="stressed" points="${corners}"><title>${title}</title></polygon>`;
}

/** To be added to the style sheet of the report. */
export const pointChartStyle = `
svg circle { fill: none; stroke: var(--bar); stroke-width: 1.5; }
svg .stressed { fill: var(--bar); stroke: var(--bar); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .level { stroke: currentColor; stroke-width: 1; stroke-dasharray: 6 4; }
svg .stairs { fill: none; stroke: currentColor; stroke-width: 2; }
.scroll + .scroll { margin-top: 1rem; }
`;
