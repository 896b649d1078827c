import { QuantError } from "@halftone/core";
import { expect, it } from "vitest";
import { type Ptq4VitOptions, ptq4vit } from "./index.ts";

it("is called ptq4vit", () => {
  expect(ptq4vit().name).toBe("ptq4vit");
});

it.each([
  ["metric", { metric: "hessien" }],
  ["twin", { twin: true }],
  ["twin", { twin: { relu: true } }],
  ["twin.softmax", { twin: { softmax: "yes" } }],
  ["twin.activation", { twin: { activation: 1 } }],
  ["twinConvolutions", { twinConvolutions: "always" }],
  ["weightGranularity", { weightGranularity: "channel" }],
  ["candidates", { candidates: 0 }],
  ["rounds", { rounds: 1.5 }],
  ["compat", { compat: "paper" }],
])("refuses a value of %s that it does not know", (field, options) => {
  const refused = (): unknown => {
    try {
      return ptq4vit(options as Ptq4VitOptions);
    } catch (error) {
      return error;
    }
  };
  const error = refused();
  expect(QuantError.is(error, "invalid-config")).toBe(true);
  expect((error as QuantError).details).toEqual({ field });
});
