import { describe, expect, it } from "vitest";
import type { Backend, CalibrationSource, SearchRuntime, Tensors } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { activationEncoding } from "./fixtures/encodings.ts";
import { weightedModels } from "./fixtures/layer-models.ts";
import { backend, type SearchCase, searchCase, searchTarget, sourceOf } from "./fixtures/search-case.ts";
import { createSearchRuntime } from "./index.ts";

const given = weightedModels[0]!;

interface Counts {
  opened: number;
  disposed: number;
}

/** The real backend, and how many of its sessions are open. */
function counting(counts: Counts, refuses: (inputs: readonly string[]) => boolean = () => false): Backend {
  return {
    name: "counting",
    open: async (model, options) => {
      const session = await backend.open(model, options);
      if (refuses(session.inputs)) {
        await session.dispose();
        throw new QuantError("backend-failed", "refused");
      }
      counts.opened++;
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        run: (feeds, runOptions) => session.run(feeds, runOptions),
        dispose: () => {
          counts.disposed++;
          return session.dispose();
        },
      };
    },
  };
}

async function useEverything(runtime: SearchRuntime): Promise<void> {
  const quantized = { encodings: { x: activationEncoding(-1, 1, 3), w: { kind: "affine", dtype: "int8", scale: [0.1], zeroPoint: [0] } } } as const;
  const samples = await runtime.sample(runtime.layers, { upstream: quantized, importance: { quantized } });
  for (const metric of ["squared-error", "cosine"] as const) {
    const probe = await runtime.probe(samples[0]!, metric);
    await probe.error({ left: { encoding: activationEncoding(-1, 1, 4) } });
    await probe.moments();
    await probe.dispose();
  }
}

describe("a search runtime", () => {
  it("reads and opens nothing before the first call, and closes all that it opened", async () => {
    const counts: Counts = { opened: 0, disposed: 0 };
    const { model, placement } = await searchCase(given.model(), given.feeds);
    let read = 0;
    const source: CalibrationSource = {
      ...sourceOf(given.feeds),
      async *[Symbol.asyncIterator](): AsyncGenerator<Tensors> {
        read++;
        yield* given.feeds;
      },
    };
    const runtime = createSearchRuntime({ model, placement, target: searchTarget, backend: counting(counts), source });
    runtime.chunks(runtime.layers);
    expect(await runtime.sample([])).toEqual([]);
    expect([read, counts.opened]).toEqual([0, 0]);
    await useEverything(runtime);
    await useEverything(runtime);
    expect(read, "data is read once").toBe(1);
    expect(counts.opened).toBeGreaterThan(8);
    await runtime.dispose();
    expect(counts.disposed).toBe(counts.opened);
    await runtime.dispose();
    expect(counts.disposed, "once").toBe(counts.opened);
  });

  it("looks at as many samples as it was told to", async () => {
    const search = await searchCase(given.model(), given.feeds, { search: { samples: 1 } });
    expect((await search.runtime.sample(search.runtime.layers))[0]!.samples).toBe(1);
    await search.runtime.dispose();
  });

  it("closes what it opened when a session is refused", async () => {
    for (const refuses of [(inputs: readonly string[]) => inputs.includes("target"), (inputs: readonly string[]) => inputs.includes("scale")]) {
      const counts: Counts = { opened: 0, disposed: 0 };
      const { runtime } = await searchCase(given.model(), given.feeds, { backend: counting(counts, refuses) });
      await expect(useEverything(runtime)).rejects.toMatchObject({ code: "backend-failed" });
      await runtime.dispose();
      expect(counts.opened).toBeGreaterThan(0);
      expect(counts.disposed).toBe(counts.opened);
    }
  });

  it("reads the data again after a failure", async () => {
    const { model, placement } = await searchCase(given.model(), given.feeds);
    let attempts = 0;
    const source: CalibrationSource = {
      ...sourceOf(given.feeds),
      async *[Symbol.asyncIterator](): AsyncGenerator<Tensors> {
        if (++attempts === 1) throw new QuantError("invalid-data", "not now");
        yield* given.feeds;
      },
    };
    const runtime = createSearchRuntime({ model, placement, target: searchTarget, backend, source });
    await expect(runtime.sample(runtime.layers)).rejects.toMatchObject({ code: "invalid-data" });
    expect((await runtime.sample(runtime.layers))[0]!.samples).toBe(3);
    await runtime.dispose();
  });
});

describe("an aborted search", () => {
  const opened = (controller: AbortController, counts: Counts): Promise<SearchCase> =>
    searchCase(given.model(), given.feeds, { signal: controller.signal, backend: counting(counts) });

  it("samples nothing", async () => {
    const [controller, counts] = [new AbortController(), { opened: 0, disposed: 0 }];
    const { runtime } = await opened(controller, counts);
    controller.abort();
    await expect(runtime.sample(runtime.layers)).rejects.toMatchObject({ code: "aborted" });
    await runtime.dispose();
    expect(counts.disposed).toBe(counts.opened);
  });

  it("tries nothing, and closes everything", async () => {
    const [controller, counts] = [new AbortController(), { opened: 0, disposed: 0 }];
    const { runtime } = await opened(controller, counts);
    const [sample] = await runtime.sample(runtime.layers);
    const probe = await runtime.probe(sample!);
    controller.abort();
    await expect(probe.error({ left: { encoding: activationEncoding(-1, 1) } })).rejects.toMatchObject({ code: "aborted" });
    await expect(runtime.sample(runtime.layers)).rejects.toMatchObject({ code: "aborted" });
    await runtime.dispose();
    expect(counts.disposed).toBe(counts.opened);
  });
});
