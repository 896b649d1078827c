import { expect, it } from "vitest";
import { type FqVitOptions, fqVit } from "./index.ts";

it.each([
  ["observer", "kl"],
  ["momentum", 1],
  ["percentile", 50],
  ["zeroPointGuard", "none"],
  ["largestExponent", 2.5],
  ["largestExponent", 8],
  ["softmax", "log2"],
  ["softmaxBits", 6],
])("refuses %s %s and names the option", (field, value) => {
  const options = { [field]: value } as FqVitOptions;
  expect(() => fqVit(options)).toThrowError(expect.objectContaining({ code: "invalid-config", details: { field } }));
});

it("names the observer unless it is the paper's first", () => {
  expect(fqVit().name).toBe("fq-vit");
  expect(fqVit({ observer: "omse" }).name).toBe("fq-vit:omse");
  expect(fqVit({ observer: "percentile" }).name).toBe("fq-vit:percentile");
  expect(fqVit({ observer: "percentile", percentile: 99.9 }).name).toBe("fq-vit:percentile-99.9");
});
