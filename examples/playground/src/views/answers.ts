import { el, table } from "../dom.ts";
import type { Answer } from "../job.ts";
import type { Reading } from "../subject.ts";

/** Each picture with what both models make of it. */
export function answersView(answers: readonly Answer[]): HTMLElement {
  return table(
    "What both models see",
    ["picture", "float", "quantized", ""],
    answers.map(({ picture, float, quantized }) => {
      const same = float[0]?.text === quantized[0]?.text;
      return [el("img", { src: picture.url, alt: picture.name, class: "thumbnail" }), lines(float), lines(quantized), verdict(same)];
    }),
  );
}

function lines([first, ...others]: readonly Reading[]): HTMLElement {
  return el(
    "div",
    {},
    el("div", { class: "reading" }, first ? worded(first) : "(nothing)"),
    ...others.map((reading) => el("div", { class: "hint" }, worded(reading))),
  );
}

function worded({ text, score }: Reading): string {
  return score === undefined ? text || "(nothing)" : `${text}: ${score.toFixed(3)}`;
}

function verdict(same: boolean): HTMLElement {
  return el("span", { class: same ? "same" : "differs" }, same ? "✓ same" : "✗ differs");
}
