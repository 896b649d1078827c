import opentype, { type Font, type Glyph, type Path, type PathCommand } from "opentype.js";

/**
 * The text's outline, its baseline starting at the origin. Glyphs are placed one by one, by advance and kerning:
 * opentype.js's own shaping refuses some substitution tables of these fonts, and Latin text needs none of them.
 */
export function outline(font: Font, text: string, fontSize: number, letterSpacing: number): Path {
  const path = new opentype.Path();
  const scale = fontSize / font.unitsPerEm;
  let x = 0;
  let previous: Glyph | undefined;
  for (const character of text) {
    const glyph = font.charToGlyph(character);
    if (previous) x += font.getKerningValue(previous, glyph) * scale;
    path.extend(glyph.getPath(x, 0, fontSize));
    x += glyph.advanceWidth * scale + letterSpacing * fontSize;
    previous = glyph;
  }
  return path;
}

/** SVG path data. (opentype.js's own writer drops the space before a coordinate that rounds to 0.) */
export function pathData(path: Path): string {
  return path.commands
    .map(
      (command) =>
        command.type +
        coordinates(command)
          .map((value) => value.toFixed(3))
          .join(" "),
    )
    .join("");
}

function coordinates(command: PathCommand): number[] {
  switch (command.type) {
    case "M":
    case "L":
      return [command.x, command.y];
    case "Q":
      return [command.x1, command.y1, command.x, command.y];
    case "C":
      return [command.x1, command.y1, command.x2, command.y2, command.x, command.y];
    case "Z":
      return [];
    default:
      return command satisfies never;
  }
}
