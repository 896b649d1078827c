// Levenshtein's distance by the Wagner and Fischer recurrence, one row at a time:
// d(i, j) = min(d(i-1, j) + 1, d(i, j-1) + 1, d(i-1, j-1) + [a_i != b_j]).

/** Insertions, deletions and substitutions of characters that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (const [i, character] of left.entries()) {
    const next = [i + 1];
    for (const [j, other] of right.entries()) {
      next.push(Math.min((row[j + 1] as number) + 1, (next[j] as number) + 1, (row[j] as number) + (character === other ? 0 : 1)));
    }
    row = next;
  }
  return row[right.length] as number;
}
