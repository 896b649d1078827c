import { describeBackend } from "@halftone/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { hybrid } from "../fixtures/plan-case.ts";
import { chromiumBackend } from "./chromium-backend.ts";
import { findChromium } from "./find-chromium.ts";

const skipDtypes = {
  bfloat16: "has no bfloat16 on its JavaScript side",
  int4: "has no kernel that passes 4-bit tensors through",
  uint4: "has no kernel that passes 4-bit tensors through",
};

describe.skipIf(findChromium(process.env) === undefined)("from Node (needs Chromium: install it, or name one in HALFTONE_CHROMIUM)", () => {
  const wasm = chromiumBackend("wasm");
  afterAll(() => wasm.close());

  describeBackend("web-wasm in Chromium", () => wasm, { skipDtypes });
});

test("a browser that is not there is named, with what to do", async () => {
  await expect(chromiumBackend("wasm", { environment: { PATH: "" } }).open(hybrid())).rejects.toMatchObject({
    code: "backend-unavailable",
    message: expect.stringMatching(/Install chromium.*HALFTONE_CHROMIUM/),
  });
  await expect(chromiumBackend("wasm", { executable: "/nowhere/chromium" }).open(hybrid())).rejects.toMatchObject({ code: "backend-unavailable" });
});
