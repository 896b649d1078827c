import { minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { createHalftone } from "./halftone.ts";
import { int, ints, type Value } from "./ir/index.ts";
import { seededRandom } from "./numerics/index.ts";
import { readModel, writeModel } from "./onnx/index.ts";
import { formatPlan, parsePlan } from "./plan/index.ts";
import { apply, plan, quantize, sensitivity } from "./quantizer.ts";
import { createRunMemory } from "./run-memory.ts";
import type { CalibrationSource, QuantEvent, QuantMethod, Tensors } from "./spec/index.ts";
import { buildModel } from "./testing/build-model.ts";
import { topK } from "./verify/index.ts";

const backend = nodeBackend();
const target = await nodeTarget();

/** A small residual network with a classifier. */
const model = writeModel(
  buildModel({ inputs: { image: ["batch", 3, 16, 16] } }, (b, { image }) => {
    const pads = { pads: ints([1, 1, 1, 1]) };
    const stem = b.op("Relu", [b.op("Conv", [image, b.random([16, 3, 3, 3], "stem_w"), b.random([16], "stem_b")], pads, "stem")], {}, "stem_relu");
    const branch = b.op("Conv", [stem, b.random([16, 16, 3, 3], "branch_w"), b.random([16], "branch_b")], pads, "branch");
    const sum = b.op("Relu", [b.op("Add", [stem, branch], {}, "sum")], {}, "sum_relu");
    const pooled = b.op("Flatten", [b.op("GlobalAveragePool", [sum], {}, "pool")], {}, "flatten");
    return { scores: b.op("Gemm", [pooled, b.random([16, 10], "head_w"), b.random([10], "head_b")], {}, "head") };
  }),
);

function source(count: number, batch = 1): CalibrationSource {
  return {
    id: `random-${count}`,
    batches: count,
    async *[Symbol.asyncIterator]() {
      const random = seededRandom(11);
      for (let index = 0; index < count; index++) yield feeds(random, batch);
    },
  };
}

function feeds(random: () => number, batch: number): Tensors {
  const data = Float32Array.from({ length: batch * 3 * 16 * 16 }, () => random() * 2 - 1);
  return { image: { dtype: "float32", shape: [batch, 3, 16, 16], data } };
}

const options = { model, source: source(24), method: minMax(), backend, target };

describe("quantize", () => {
  it("makes a model a quarter of the size that agrees with the float one, and says what it did", async () => {
    const events: QuantEvent[] = [];
    const {
      model: quantized,
      report,
      plan,
    } = await quantize({ ...options, onEvent: (event) => void events.push(event), metrics: [topK(1, new Array(24).fill(3))] });
    expect(report.outputs.scores!.sqnrDb).toBeGreaterThan(28);
    expect(report.agreement!.top1).toBeGreaterThan(0.85);
    expect(report.fusion.findings).toEqual([]);
    expect(report.samples).toBe(24);
    expect(report.metrics.top1!.float).toBeGreaterThanOrEqual(0);
    expect(Object.keys(report.nodes.decisions)).toHaveLength(report.nodes.total);
    expect(plan.nodes).toMatchObject({ stem: { mode: "integer" }, sum: { mode: "integer" }, head: { mode: "integer" }, stem_relu: { mode: "absorbed" } });
    expect(readModel(quantized).graph.outputs.map((value) => value.name)).toEqual(["scores"]);
    const stages = events.flatMap((event) => (event.type === "stage-start" ? [event.stage] : []));
    expect(stages).toEqual(["read", "normalize", "calibrate", "plan", "rewrite", "verify"]);
    expect(events).toContainEqual(expect.objectContaining({ type: "progress", stage: "calibrate", done: 24, total: 24 }));
  });

  it("plans the same twice, and applying a plan gives the same model", async () => {
    const first = await plan(options);
    expect(await plan(options)).toEqual(first);
    const { model: quantized } = await quantize(options);
    const applied = await apply(model, JSON.parse(JSON.stringify(first)), { target, backend });
    expect(Buffer.compare(applied.model, quantized.model)).toBe(0);
  });

  it("runs the data once for several methods and keeps the plan that stays closest to the float model", async () => {
    const clipped: QuantMethod = { ...minMax({ calibration: "percentile", percentile: 60 }), name: "clipped" };
    const levels = new Map<string, number>();
    let runs = 0;
    const counted: CalibrationSource = {
      id: "counted",
      async *[Symbol.asyncIterator]() {
        for await (const feeds of options.source) {
          runs++;
          yield feeds;
        }
      },
    };
    const onEvent = (event: QuantEvent): void => {
      if (event.type === "plan-compared") levels.set(event.method, event.sqnrDb);
    };
    const made = await plan({ ...options, source: counted, method: [clipped, minMax()], onEvent });
    expect(made.method).toBe("min-max");
    expect(levels.get("min-max")).toBeGreaterThan(levels.get("clipped")! + 6);
    expect(made).toEqual(await plan(options));
    // One pass to calibrate, one sample to normalize with, and those the plans were compared on.
    expect(runs).toBeLessThanOrEqual(24 + 1 + 16 + 1);
  });

  it("refuses a plan for another model", async () => {
    const made = await plan(options);
    await expect(apply(model, { ...made, model: "f".repeat(64) }, { target, backend })).rejects.toMatchObject({ code: "plan-mismatch" });
  });

  it("ranks what hurts and leaves it in float when asked", async () => {
    const rows = await sensitivity({ ...options, samples: 2 });
    expect(rows.map((row) => row.node)).toEqual(["stem", "branch", "sum", "pool", "head"]);
    expect(rows.at(-1)!.cumulative.sqnrDb).toBeLessThan(Math.max(...rows.map((row) => row.isolated.sqnrDb)));
    const worst = [...rows].sort((left, right) => left.isolated.sqnrDb - right.isolated.sqnrDb)[0]!;
    const { plan: made } = await quantize({ ...options, autoExclude: { sqnrDb: worst.isolated.sqnrDb + 0.01, samples: 2 } });
    expect(made.nodes[worst.node]).toEqual({ mode: "float", reason: "excluded by an override" });
  });

  it("leaves a node in float whatever it is called", async () => {
    const names = ["/stage-1/conv (a)", "/stage-1/conv[b].{c}+$^*?|\\"];
    const odd = writeModel(
      buildModel({ inputs: { image: [1, 3, 16, 16] } }, (b, { image }) => ({
        y: names.reduce((value, name) => b.op("Conv", [value, b.random([3, 3, 1, 1], `${name}_w`)], {}, name), image!),
      })),
    );
    const rows = await sensitivity({ ...options, model: odd, samples: 2 });
    expect(rows.map((row) => row.node)).toEqual(names);
    const [better, worse] = [...rows].sort((left, right) => right.isolated.sqnrDb - left.isolated.sqnrDb);
    const { plan: made } = await quantize({ ...options, model: odd, autoExclude: { sqnrDb: worse!.isolated.sqnrDb + 1e-6, samples: 2 } });
    expect(made.nodes[worse!.node]).toEqual({ mode: "float", reason: "excluded by an override" });
    expect(made.nodes[better!.node]).toEqual({ mode: "integer" });
  });

  it("warns when the caller's metric falls by more than the tolerance", async () => {
    const metric = { name: "luck", create: () => ({ update: () => {}, result: () => made++ }) };
    let made = 0;
    const { report } = await quantize({
      ...options,
      metrics: [{ ...metric, create: () => ({ update: () => {}, result: () => (made++ === 0 ? 0.9 : 0.5) }) }],
      tolerance: 0.1,
    });
    expect(report.warnings).toContainEqual(expect.stringContaining("luck fell from 0.9000 to 0.5000"));
  });

  it("stops when aborted, wherever it is", async () => {
    for (const stage of ["normalize", "calibrate", "verify"]) {
      const controller = new AbortController();
      const onEvent = (event: QuantEvent): void => {
        if (event.type === "stage-start" && event.stage === stage) controller.abort();
      };
      await expect(quantize({ ...options, signal: controller.signal, onEvent })).rejects.toMatchObject({ code: "aborted" });
    }
  });

  it("names what is missing in the data", async () => {
    await expect(quantize({ ...options, source: source(0) })).rejects.toMatchObject({ code: "empty-calibration" });
  });
});

describe("an instance", () => {
  it("finds by name what plugins registered and tells its listeners", async () => {
    const halftone = createHalftone({
      plugins: [{ name: "test", methods: { "min-max": () => minMax() }, targets: { here: () => target }, backends: { node: () => backend } }],
    });
    const seen: string[] = [];
    halftone.events.on("stage-start", (event) => seen.push(event.stage));
    const made = await halftone.plan({ ...options, method: "min-max", target: "here", backend: "node" });
    expect(made.method).toBe("min-max");
    expect(seen).toEqual(["read", "normalize", "calibrate", "plan"]);
  });
});

it.each([
  ["a vector", [10]],
  ["a row", [1, 10]],
  ["one number", [1]],
])("computes a head of MatMul and Add on integers, its bias %s", async (_, shape) => {
  const head = writeModel(
    buildModel({ inputs: { image: ["n", 3, 16, 16] } }, (b, { image }) => {
      const flat = b.op("Flatten", [b.op("MaxPool", [image], { kernel_shape: ints([4, 4]), strides: ints([4, 4]) }, "pool")], {}, "flat");
      return { y: b.op("Softmax", [b.op("Add", [b.op("MatMul", [flat, b.random([48, 10])], {}, "head"), b.random(shape)], {}, "bias")]) };
    }),
  );
  const { plan: made, report } = await quantize({ ...options, model: head });
  expect(made.nodes["head"]).toEqual({ mode: "integer" });
  expect(report.fusion.findings).toEqual([]);
});

describe("hidden units that reach far beyond all others", () => {
  const [width, hidden, outlier] = [16, 64, 41];
  const mlp = writeModel(
    buildModel({ inputs: { x: ["n", 8, width] } }, (b, { x }) => {
      const up = b.random([width, hidden], "up_w");
      const data = (up.constant!.data as Float32Array).map((value, index) => (index % hidden === outlier ? value * 60 : value));
      const [wide, bias] = [b.constant({ dtype: "float32", shape: [width, hidden], data }, undefined, "wide_w"), b.random([hidden], "up_b")];
      const active = b.op("Gelu", [b.op("Add", [b.op("MatMul", [x, wide], {}, "up"), bias], {}, "up_bias")], {}, "gelu");
      return { y: b.op("Add", [b.op("MatMul", [active, b.random([hidden, 8], "down_w")], {}, "down"), b.random([8], "down_b")], {}, "down_bias") };
    }),
  );
  const tokens: CalibrationSource = {
    id: "tokens",
    batches: 12,
    async *[Symbol.asyncIterator]() {
      const random = seededRandom(5);
      for (let index = 0; index < 12; index++) {
        yield { x: { dtype: "float32", shape: [1, 8, width], data: Float32Array.from({ length: 8 * width }, () => random() * 2 - 1) } };
      }
    },
  };
  const run = { model: mlp, source: tokens, method: minMax(), backend, target };

  it("are computed apart, on integers, unless they are to stay together", async () => {
    const apart = await quantize(run);
    const together = await quantize({ ...run, config: { outliers: "together" } });
    expect([apart.plan.outliers, together.plan.outliers]).toEqual([{ up: [outlier] }, undefined]);
    expect(apart.plan.notes).toContainEqual(expect.stringContaining(`hidden unit ${outlier} of up reaches at least eight times as far`));
    for (const node of ["up", "down", "up_outliers", "down_outliers"]) expect(apart.plan.nodes[node]).toEqual({ mode: "integer" });
    expect(apart.report.outputs.y!.sqnrDb).toBeGreaterThan(together.report.outputs.y!.sqnrDb + 3);
  });

  it("are computed apart again where the plan is applied, without data", async () => {
    const { model: quantized, plan: made } = await quantize(run);
    const applied = await apply(mlp, parsePlan(formatPlan(made)), { target, backend });
    expect(Buffer.compare(applied.model, quantized.model)).toBe(0);
    const elsewhere = { ...made, outliers: { gelu: [outlier] } };
    await expect(apply(mlp, elsewhere, { target, backend })).rejects.toMatchObject({ code: "plan-mismatch", details: { node: "gelu" } });
  });

  it("stay where they are where a sample has them once, as in a head", async () => {
    const head = buildModel({ inputs: { x: ["n", 8, width] } }, (b, { x }) => {
      const pooled = b.op("ReduceMean", [x, b.int64([1])], { keepdims: int(0) });
      const weight = (b.random([width, hidden]).constant!.data as Float32Array).map((each, at) => (at % hidden === outlier ? each * 60 : each));
      const up = b.op("Gemm", [pooled, b.constant({ dtype: "float32", shape: [width, hidden], data: weight })], {}, "up");
      return { y: b.op("Gemm", [b.op("Relu", [up]), b.random([hidden, 4])], {}, "down") };
    });
    expect((await plan({ ...run, model: writeModel(head) })).outliers).toBeUndefined();
  });

  it("are computed apart in one of two hidden layers that follow each other", async () => {
    const deep = buildModel({ inputs: { x: ["n", 8, width] } }, (b, { x }) => {
      const layer = (value: Value, name: string, inputs: number): Value => {
        const weight = b.random([inputs, hidden]).constant!.data as Float32Array;
        const wide = b.constant({ dtype: "float32", shape: [inputs, hidden], data: weight.map((each, at) => (at % hidden === outlier ? each * 400 : each)) });
        return b.op("Relu", [b.op("MatMul", [value, wide], {}, name)]);
      };
      return { y: b.op("MatMul", [layer(layer(x, "one", width), "two", hidden), b.random([hidden, 4])], {}, "three") };
    });
    const { plan: made } = await quantize({ ...run, model: writeModel(deep) });
    expect(made.outliers).toEqual({ one: [outlier] });
    expect(made.nodes).toMatchObject({ one_outliers: { mode: "integer" }, two_outliers: { mode: "integer" }, three: { mode: "integer" } });
  });

  it("are told apart from those of another setting in one memory", async () => {
    const memory = createRunMemory();
    for (const outliers of ["apart", "together", "apart"] as const) {
      expect(await plan({ ...run, memory, config: { outliers } })).toEqual(await plan({ ...run, config: { outliers } }));
    }
  });
});
