/** A tagged template that escapes what is interpolated, unless it was made by this very tag. */
export interface Html {
  readonly html: string;
}

type Content = Html | string | number | readonly (Html | string | number)[];

export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const pieces = parts.map((part, index) => part + (index < contents.length ? render(contents[index]!) : ""));
  return { html: pieces.join("") };
}

function render(content: Content): string {
  if (Array.isArray(content)) return content.map(render).join("");
  if (typeof content === "object") return (content as Html).html;
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
