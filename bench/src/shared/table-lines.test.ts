import { expect, test } from "vitest";
import { tableLines } from "./table-lines.ts";

test("text columns stand left, numbers right", () => {
  expect(
    tableLines(
      ["name", "n"],
      [
        ["a", "1"],
        ["b", ""],
      ],
      1,
    ),
  ).toEqual(["| name | n |", "|---|---:|", "| a | 1 |", "| b |  |"]);
});
