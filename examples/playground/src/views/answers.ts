import { el, table } from "../dom.ts";
import type { Answer } from "../job.ts";

/** Each picture with what both models make of it. */
export function answersView(answers: readonly Answer[]): HTMLElement {
  return table(
    "What both models see",
    ["picture", "float", "quantized", ""],
    answers.map(({ picture, float, quantized }) => {
      const same = float[0]?.split(":")[0] === quantized[0]?.split(":")[0];
      return [el("img", { src: picture.url, alt: picture.name, class: "thumbnail" }), lines(float), lines(quantized), verdict(same)];
    }),
  );
}

function lines(texts: readonly string[]): HTMLElement {
  const [first = "", ...others] = texts;
  return el("div", {}, el("div", {}, first || "(nothing)"), ...others.map((text) => el("div", { class: "hint" }, text)));
}

function verdict(same: boolean): HTMLElement {
  return el("span", { class: same ? "same" : "differs" }, same ? "✓ same" : "✗ differs");
}
