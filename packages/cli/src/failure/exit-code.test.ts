import { QuantError } from "@halftone/core";
import { expect, test } from "vitest";
import { asQuantError } from "./as-quant-error.ts";
import { exitCodeOf } from "./exit-code.ts";

test("tells whose fault it was", () => {
  expect(exitCodeOf("invalid-config")).toBe(1);
  expect(exitCodeOf("unknown-name")).toBe(1);
  expect(exitCodeOf("invalid-model")).toBe(2);
  expect(exitCodeOf("empty-calibration")).toBe(2);
  expect(exitCodeOf("write-failed")).toBe(2);
  expect(exitCodeOf("accuracy-below-tolerance")).toBe(3);
  expect(exitCodeOf("aborted")).toBe(130);
});

test("what nobody foresaw is internal, and what happens after Ctrl-C is the interruption", () => {
  const never = new AbortController().signal;
  expect(asQuantError(new TypeError("x is not a function"), never)).toMatchObject({
    code: "internal",
    message: expect.stringContaining("x is not a function"),
  });
  expect(asQuantError(new QuantError("invalid-data", "no"), never).code).toBe("invalid-data");
  expect(asQuantError(new QuantError("backend-failed", "session gone"), AbortSignal.abort()).code).toBe("aborted");
});
