import { el, field, select } from "../dom.ts";
import type { PreprocessingFields } from "../preprocessing.ts";
import type { State } from "../state.ts";
import type { Store } from "../store.ts";

/** How a picture becomes the model's input; ImageNet's way unless it is edited. */
export function preprocessingView(store: Store<State>): HTMLElement {
  const change = (fields: Partial<PreprocessingFields>): void => store.set({ preprocessing: { ...store.state.preprocessing, ...fields } });
  const text = (key: "shortest" | "height" | "width" | "mean" | "std", attributes: Readonly<Record<string, string>>): HTMLInputElement => {
    const input = el("input", { type: "text", autocomplete: "off", ...attributes });
    input.addEventListener("input", () => change({ [key]: input.value }));
    store.watch(
      ({ preprocessing }) => preprocessing[key],
      (value) => {
        if (input.value !== value) input.value = value;
      },
    );
    return input;
  };
  const order = select<PreprocessingFields["channelOrder"]>(
    [
      ["rgb", "red, green, blue"],
      ["bgr", "blue, green, red"],
      ["gray", "grey"],
    ],
    store.state.preprocessing.channelOrder,
    (channelOrder) => change({ channelOrder }),
  );
  const layout = select<PreprocessingFields["layout"]>(
    [
      ["NCHW", "channels first (NCHW)"],
      ["NHWC", "channels last (NHWC)"],
    ],
    store.state.preprocessing.layout,
    (chosen) => change({ layout: chosen }),
  );
  store.watch(
    ({ preprocessing }) => preprocessing,
    (fields) => {
      order.value = fields.channelOrder;
      layout.value = fields.layout;
    },
  );
  const whole = { inputmode: "numeric" };
  const hint = (words: string): HTMLElement => el("p", { class: "hint" }, words);
  return el(
    "details",
    { class: "preprocessing" },
    el("summary", {}, "How a picture becomes the model's input"),
    el(
      "div",
      { class: "fields" },
      field("Resize the shorter side to", text("shortest", whole), hint("pixels")),
      field("Crop height", text("height", whole)),
      field("Crop width", text("width", whole)),
      field("Mean", text("mean", {}), hint("one number, or one per channel, of values in [0, 1]")),
      field("Standard deviation", text("std", {}), hint("as the mean")),
      field("Channels", order),
      field("Layout", layout),
    ),
  );
}
