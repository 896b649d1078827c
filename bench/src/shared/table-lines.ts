/** A markdown table: the first `texts` columns left-aligned, all others right-aligned. */
export function tableLines(heads: readonly string[], rows: readonly (readonly string[])[], texts: number): readonly string[] {
  const rule = heads.map((_, index) => (index < texts ? "---" : "---:"));
  const lines = [heads, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [lines[0]!, `|${rule.join("|")}|`, ...lines.slice(1)];
}
