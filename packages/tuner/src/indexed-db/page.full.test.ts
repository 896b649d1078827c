import { join } from "node:path";
import type { JournalEntry, TuneResult } from "@halftone/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../../backends/web/src/chromium/find-chromium.ts";
import { memoryStore } from "../store/memory-store.ts";
import { bundle, launchChromium, openPage } from "./fixtures/chromium.ts";
import * as here from "./fixtures/page.ts";

const executable = findChromium(process.env);

let browser: Browser;
let page: Page;

/** Calls an export of fixtures/page.ts inside the page. */
function inPage<Name extends keyof typeof here>(name: Name, ...input: Parameters<(typeof here)[Name]>): Promise<Awaited<ReturnType<(typeof here)[Name]>>> {
  return page.evaluate(`window.exports[${JSON.stringify(name)}](...${JSON.stringify(input)})`);
}

describe.skipIf(executable === undefined)("inside a page (needs Chromium: install it, or name one in HALFTONE_CHROMIUM)", () => {
  beforeAll(async () => {
    browser = await launchChromium(executable!);
    page = await openPage(browser, await bundle(join(import.meta.dirname, "fixtures/page.ts")));
  }, 120_000);
  afterAll(() => browser?.close());

  test.each(["transfer", "transfer-paper", "boosted-trees", "genetic", "halving:random", "grid"])(
    "%s proposes what it proposes in Node, with the journal in IndexedDB",
    async (strategy) => {
      const expected = await here.search(strategy, 25, memoryStore());
      const found = await inPage("searchInPage", strategy, 25, strategy);
      expect(found).toEqual(expected);
      expect(found.trials).toHaveLength(25);
      expect((await inPage("entriesOf", strategy)).slice(1)).toEqual(expected.trials.map((trial) => ({ kind: "trial", trial })));
    },
  );

  test("the cost model predicts the same numbers", async () => {
    const found = await inPage("predictions");
    expect(found).toHaveLength(60);
    expect(new Set(found).size).toBeGreaterThan(10);
    expect(found).toEqual(here.predictions());
  });

  test("a search goes on after the page was loaded again, as if it had not been stopped", async () => {
    const whole = await here.search("boosted-trees", 20, memoryStore());
    await inPage("searchInPage", "boosted-trees", 8, "reloaded");
    await page.reload();
    await page.waitForFunction("window.exports !== undefined");
    expect(await inPage("entriesOf", "reloaded")).toHaveLength(9);
    const resumed: TuneResult = await inPage("searchInPage", "boosted-trees", 20, "reloaded");
    expect(resumed).toEqual(whole);
  });

  test("the store keeps overlapping appends whole and in order, values exactly, and journals apart", async () => {
    const many = Array.from({ length: 50 }, (_, id): JournalEntry => {
      const candidate = { text: `línea\n"{}\u2028\u0000 漢字${"x".repeat((id * 977) % 5000)}` };
      return { kind: "trial", trial: { id, workload: "w", candidate, effort: 1 / 9, outcome: { status: "done", score: 0.1 + 0.2, metrics: {} } } };
    });
    await inPage("appendAtOnce", "many", many);
    expect(await inPage("entriesOf", "many")).toEqual(many);
    expect(await inPage("entriesOf", "nothing yet")).toEqual([]);
  });

  test("what is no journal is refused", async () => {
    await inPage("entriesOf", "spoiled");
    await inPage("spoil", "spoiled");
    expect(await page.evaluate(`window.exports.codeOf(() => window.exports.entriesOf("spoiled"))`)).toBe("invalid-data");
  });
});
