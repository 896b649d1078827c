import { el, field, section, select } from "../dom.ts";
import { methods, type Settings, targets, widths } from "../settings.ts";
import type { State } from "../state.ts";
import type { Store } from "../store.ts";

export function settingsView(store: Store<State>): HTMLElement {
  const change = (settings: Partial<Settings>): void => store.set({ settings: { ...store.state.settings, ...settings } });
  const { settings } = store.state;
  const methodHint = el("p", { class: "hint" });
  store.watch(
    (state) => state.settings.method,
    (method) => {
      methodHint.textContent = methods[method].hint;
    },
  );
  const targetHint = el("p", { class: "hint" });
  store.watch(
    (state) => state.settings.target,
    (target) => {
      targetHint.textContent = targets[target].hint;
    },
  );
  const pictures = el("input", { type: "number", min: 1, max: 512, step: 1, value: settings.pictures });
  pictures.addEventListener("change", () => {
    const count = Math.max(1, Math.trunc(pictures.valueAsNumber) || 1);
    pictures.value = String(count);
    change({ pictures: count });
  });
  const bits = widths.map((width) => [width, `${width} bits`] as const);
  return section(
    "2. How to quantize",
    el(
      "div",
      { class: "fields" },
      field(
        "Method",
        select(labelled(methods), settings.method, (method) => change({ method })),
        methodHint,
      ),
      field(
        "Target",
        select(labelled(targets), settings.target, (target) => change({ target })),
        targetHint,
      ),
      field(
        "Bits of weights",
        select(bits, settings.weightBits, (weightBits) => change({ weightBits })),
        el("p", { class: "hint" }, "Below 8 the grid is coarser; the file shrinks with 4 bits on the targets for weights only."),
      ),
      field(
        "Bits of activations",
        select(bits, settings.activationBits, (activationBits) => change({ activationBits })),
      ),
      field("Pictures to calibrate with", pictures, el("p", { class: "hint" }, "At most. More make ranges surer, and take longer.")),
    ),
  ).element;
}

function labelled<Key extends string>(choices: Readonly<Record<Key, { readonly label: string }>>): readonly (readonly [Key, string])[] {
  return (Object.keys(choices) as Key[]).map((key) => [key, choices[key].label]);
}
