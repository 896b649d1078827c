import type { Actions } from "../actions.ts";
import { button, el, section } from "../dom.ts";
import type { State } from "../state.ts";
import type { Store } from "../store.ts";
import { progressView } from "./progress.ts";

/** The button, the way to the end of it, and what went wrong. */
export function runView(store: Store<State>, actions: Actions): HTMLElement {
  const start = button("Quantize", () => void actions.run(), { class: "primary large" });
  const progress = progressView("Progress of the quantization", "Cancel", actions.cancel);
  const ended = el("p", { class: "ended" });
  const announcement = el("p", { class: "hidden", role: "status" });
  const isReady = ({ subject, upload }: State): boolean => subject === "sample" || (upload.model !== undefined && upload.pictures.length > 0);
  const notReady = el("p", { class: "hint", id: "not-ready" }, "Choose a model and pictures first, or the sample.");

  store.watch(isReady, (ready) => {
    start.disabled = !ready;
    notReady.hidden = ready;
  });
  store.watch(
    ({ run }) => run,
    (run) => {
      const held = document.activeElement === progress.stop;
      const running = run.status === "running";
      if (running && document.activeElement === start) {
        progress.show(run.progress);
        progress.stop.focus();
      }
      start.hidden = running;
      progress.show(running ? run.progress : undefined);
      ended.textContent = run.status === "failed" ? run.message : run.status === "cancelled" ? "Cancelled. Nothing was kept." : "";
      ended.hidden = ended.textContent === "";
      ended.classList.toggle("problem", run.status === "failed");
      // The button under the finger is gone: the focus goes to the one that took its place, and to the results when there are some.
      if (held && !running) start.focus();
    },
  );
  store.watch(
    (state) => state.announcement,
    (text) => {
      announcement.textContent = text;
    },
  );
  return section("3. Quantize", start, notReady, progress.element, ended, announcement).element;
}
