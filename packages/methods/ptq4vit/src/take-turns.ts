/**
 * Searches that depend on each other's results take turns, `rounds` times at most. Answers when another turn could change nothing: each search has had
 * one, and those since the last change are all but the one that made it.
 *
 * @param searches answer whether they changed anything; each finds the same where the others' results are the same.
 */
export async function takeTurns(searches: readonly (() => Promise<boolean>)[], rounds: number): Promise<void> {
  let unchanged = 0;
  for (let turn = 0; turn < rounds * searches.length; turn++) {
    unchanged = (await searches[turn % searches.length]!()) ? 0 : unchanged + 1;
    if (turn >= searches.length - 1 && unchanged >= searches.length - 1) return;
  }
}
