import { type Html, html } from "./html.ts";

export interface Bar {
  readonly label: string;
  /** Not negative. */
  readonly value: number;
  /** What is written at the bar. */
  readonly text: string;
}

const rowHeight = 24;
const labelWidth = 430;
const barWidth = 260;

/** Horizontal bars as inline SVG, readable without colour: every bar carries its figure. */
export function barChart(bars: readonly Bar[]): Html {
  if (bars.length === 0) return html`<p>Nothing to show.</p>`;
  const largest = Math.max(...bars.map((bar) => bar.value), Number.MIN_VALUE);
  const width = labelWidth + barWidth + 90;
  const height = bars.length * rowHeight;
  return html`<div class="scroll"><svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-label="${bars.map((bar) => `${bar.label}: ${bar.text}`).join("; ")}">
${bars.map(
  (bar, row) => html`<g transform="translate(0 ${row * rowHeight})"><title>${bar.label}: ${bar.text}</title>
<text x="${labelWidth - 8}" y="16" text-anchor="end">${shorten(bar.label)}</text>
<rect x="${labelWidth}" y="4" width="${Math.max((bar.value / largest) * barWidth, 1).toFixed(1)}" height="16" rx="2"></rect>
<text x="${(labelWidth + (bar.value / largest) * barWidth + 6).toFixed(1)}" y="16">${bar.text}</text></g>`,
)}</svg></div>`;
}

const longestLabel = 58;

function shorten(label: string): string {
  return label.length <= longestLabel ? label : `${label.slice(0, longestLabel - 1)}…`;
}
