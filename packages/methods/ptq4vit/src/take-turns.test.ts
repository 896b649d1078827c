import { expect, it } from "vitest";
import { takeTurns } from "./take-turns.ts";

/** The turns that are taken when these searches change something in these of their turns. */
async function turnsOf(changes: readonly (readonly boolean[])[], rounds: number): Promise<readonly number[]> {
  const taken: number[] = [];
  await takeTurns(
    changes.map((own, index) => async () => {
      taken.push(index);
      return own[taken.filter((each) => each === index).length - 1] ?? false;
    }),
    rounds,
  );
  return taken;
}

it("lets each search at the results of the other once, even where the first finds nothing", async () => {
  expect(await turnsOf([[false], [false]], 3)).toEqual([0, 1]);
  expect(await turnsOf([[true], [true]], 3)).toEqual([0, 1, 0]);
  expect(
    await turnsOf(
      [
        [true, true],
        [true, false],
      ],
      3,
    ),
  ).toEqual([0, 1, 0, 1]);
});

it("ends after that many rounds", async () => {
  const always = Array(9).fill(true) as boolean[];
  expect(await turnsOf([always, always], 3)).toEqual([0, 1, 0, 1, 0, 1]);
});

it("searches once what depends on nothing", async () => {
  expect(await turnsOf([[true, true]], 3)).toEqual([0]);
});
