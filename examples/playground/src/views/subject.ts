import type { Actions } from "../actions.ts";
import { button, el, section } from "../dom.ts";
import type { State } from "../state.ts";
import type { Store } from "../store.ts";
import type { Upload } from "../upload.ts";
import { preprocessingView } from "./preprocessing.ts";

/** What is quantized: the sample, or files that are dropped or chosen. */
export function subjectView(store: Store<State>, actions: Actions): HTMLElement {
  const chosen = el("p", { class: "chosen", id: "chosen" });
  const problem = el("p", { class: "problem", role: "alert" });
  const forget = button("Forget my files", actions.forgetFiles, { class: "quiet" });
  const preprocessing = preprocessingView(store);

  store.watch(
    ({ subject, upload }) => (subject === "sample" ? undefined : upload),
    (upload) => {
      chosen.replaceChildren(
        ...(upload ? describe(upload) : ["Chosen: the sample. A text recogniser (10.8 MB), 64 lines of text to calibrate with and 24 others to compare on."]),
      );
      forget.hidden = !upload || (!upload.model && upload.pictures.length === 0);
      preprocessing.hidden = !upload;
    },
  );
  store.watch(
    (state) => state.problem,
    (text) => {
      problem.textContent = text ?? "";
      problem.hidden = text === undefined;
    },
  );

  return section(
    "1. Model and pictures",
    el(
      "div",
      { class: "choices" },
      el("div", {}, button("Use the sample", actions.useSample, { class: "large" }), el("p", { class: "hint" }, "Reads printed text. Nothing to prepare.")),
      dropZone((files) => void actions.addFiles(files)),
    ),
    chosen,
    problem,
    forget,
    preprocessing,
  ).element;
}

/** A file dialog by click and keyboard, and a place to drop files. */
function dropZone(add: (files: readonly File[]) => void): HTMLElement {
  const input = el("input", { type: "file", multiple: true, id: "files", class: "hidden", "aria-describedby": "files-hint" });
  const zone = el(
    "div",
    { class: "drop" },
    input,
    el("label", { for: "files" }, el("strong", {}, "Choose files"), " or drop them here"),
    el(
      "p",
      { class: "hint", id: "files-hint" },
      "An ONNX image classifier, its side files if it has any, pictures, and a list of class names (.txt, one a line) if there is one.",
    ),
  );
  input.addEventListener("change", () => {
    add([...(input.files ?? [])]);
    // The same file may be chosen again.
    input.value = "";
  });
  // A file that misses the zone would otherwise replace the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) add(files);
  });
  return zone;
}

function describe({ model, sideFiles, pictures, labels }: Upload): readonly string[] {
  if (!model && pictures.length === 0) return ["Nothing chosen yet."];
  const parts = [
    model ? `model ${model.name}` : "no model yet",
    ...sideFiles.map(({ name }) => `side file ${name}`),
    pictures.length === 0 ? "no pictures yet" : `${pictures.length} ${pictures.length === 1 ? "picture" : "pictures"}`,
    ...(labels ? [`class names from ${labels.name}`] : []),
  ];
  return [`Chosen: ${parts.join(", ")}.`];
}
