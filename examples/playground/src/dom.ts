type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string;

/** An element with attributes; `true` is an attribute without a value, `false` and undefined leave it out. */
export function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled<Made extends Element>(element: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

export function button(text: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = el("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", press);
  return element;
}

/** A section that is named by its heading; the heading can take the focus. */
export function section(title: string, ...children: readonly Child[]): { readonly element: HTMLElement; readonly heading: HTMLHeadingElement } {
  const id = `heading-${title.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  const heading = el("h2", { id, tabindex: -1 }, title);
  return { element: el("section", { "aria-labelledby": id }, heading, ...children), heading };
}

/** A control with its label, and a hint that screen readers read with it. */
export function field(label: string, control: HTMLInputElement | HTMLSelectElement, hint?: HTMLElement): HTMLElement {
  const name = label.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  control.id = `field-${name}`;
  if (hint) {
    hint.id = `hint-${name}`;
    control.setAttribute("aria-describedby", hint.id);
  }
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control, ...(hint ? [hint] : []));
}

/** A select over keys; answers with what is chosen through `choose`. */
export function select<Key extends string>(
  choices: readonly (readonly [key: Key, label: string])[],
  chosen: Key,
  choose: (key: Key) => void,
): HTMLSelectElement {
  const element = el("select", {}, ...choices.map(([key, label]) => el("option", { value: key, selected: key === chosen }, label)));
  element.addEventListener("change", () => choose(element.value as Key));
  return element;
}

/** On a narrow screen every row is a block of lines, each with its column's name: the roles keep it a table. Scrolls by itself where it is too wide. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  const column = (name: string): HTMLElement => (name === "" ? el("td", { role: "cell" }) : el("th", { scope: "col", role: "columnheader" }, name));
  const row = ([first = "", ...cells]: readonly Child[]): HTMLElement =>
    el(
      "tr",
      { role: "row" },
      el("th", { scope: "row", role: "rowheader" }, first),
      ...cells.map((cell, index) => el("td", { role: "cell", "data-column": head[index + 1] }, cell)),
    );
  return scrollable(
    caption,
    el(
      "table",
      { role: "table" },
      el("caption", { class: "hidden" }, caption),
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...head.map(column))),
      el("tbody", { role: "rowgroup" }, ...rows.map(row)),
    ),
  );
}

/** What scrolls must be reachable by keyboard. */
export function scrollable(label: string, content: HTMLElement): HTMLElement {
  return el("div", { class: "scroll", role: "region", "aria-label": label, tabindex: 0 }, content);
}
