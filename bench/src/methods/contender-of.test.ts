import { expect, test } from "vitest";
import { ptq4vitSteps, qHyVitExtras, qHyVitSteps } from "./ablations.ts";
import { contenderOf } from "./contender-of.ts";
import { contenders } from "./contenders.ts";

test("every row's options are ones its method knows, and no two rows share a name", () => {
  const names = [contenders, qHyVitSteps, qHyVitExtras, ptq4vitSteps].flatMap(Object.keys);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(contenderOf(name).create().name).toContain(name.split(":")[0]);
});

test("other names are unknown", () => {
  expect(() => contenderOf("none")).toThrow(expect.objectContaining({ code: "unknown-name" }));
});
