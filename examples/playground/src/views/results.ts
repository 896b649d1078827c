import type { Actions } from "../actions.ts";
import { el, section } from "../dom.ts";
import { outcomeOf, type State } from "../state.ts";
import type { Store } from "../store.ts";
import { answersView } from "./answers.ts";
import { downloadsView } from "./downloads.ts";
import { histogramView } from "./histogram.ts";
import { layersView } from "./layers.ts";
import { summaryView } from "./summary.ts";

/** What a run came to; the focus goes to its heading. */
export function resultsView(store: Store<State>, actions: Actions): HTMLElement {
  const figures = el("div");
  const answers = el("div");
  const summary = section("Before and after", figures);
  const root = el(
    "div",
    { id: "results" },
    summary.element,
    section("What both models see", answers).element,
    layersView(store, actions),
    histogramView(store, actions),
  );
  store.watch(outcomeOf, (outcome) => {
    root.hidden = outcome === undefined;
    figures.replaceChildren(...(outcome ? [...summaryView(outcome), downloadsView(store, outcome)] : []));
    answers.replaceChildren(...(outcome ? [answersView(outcome.answers)] : []));
    if (outcome) summary.heading.focus();
  });
  return root;
}
