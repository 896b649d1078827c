import { button, el } from "../dom.ts";
import { type Progress, progressText, shareOf } from "../progress.ts";

/** A bar with words beside it, and a button that stops what it shows. */
export interface ProgressView {
  readonly element: HTMLElement;
  readonly stop: HTMLButtonElement;
  show(progress: Progress | undefined): void;
}

export function progressView(label: string, stopLabel: string, stop: () => void): ProgressView {
  const bar = el("progress", { max: 1, "aria-label": label });
  const text = el("p", { class: "progress-text" });
  const stopButton = button(stopLabel, stop);
  const element = el("div", { class: "progress", hidden: true }, text, bar, stopButton);
  return {
    element,
    stop: stopButton,
    show(progress) {
      element.hidden = progress === undefined;
      if (progress === undefined) return;
      text.textContent = progressText(progress);
      const share = shareOf(progress);
      if (share === undefined) bar.removeAttribute("value");
      else bar.value = share;
    },
  };
}
