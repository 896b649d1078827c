import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { parsePlan, readModel, writeModel } from "@halftone/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hueClassifier } from "./fixtures/hue-classifier.ts";
import { type CliResult, runCli } from "./fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "./fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace();
});
afterEach(() => workspace.remove());

const images = ["--data", "images", "--preprocess", "card.json"];
const labels = ["--labels", "labels.tsv"];
const quantize = ["quantize", "model.onnx", "-o", "out/int8.onnx", ...images];
const halftone = (...argv: string[]): Promise<CliResult> => runCli(workspace.folder, argv);
type Row = { readonly node: string; readonly isolated: { readonly sqnrDb: number } };
const sqnrOf = (row: Row): number => row.isolated.sqnrDb;
const nothingWritten = (): void => expect(existsSync(workspace.path("out"))).toBe(false);

describe("quantize", () => {
  test("writes the model and its plan, and says what it cost", async () => {
    const { code, stdout, stderr } = await halftone(...quantize, ...labels);
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    expect((await readdir(workspace.path("out"))).sort()).toEqual(["int8.onnx", "int8.plan.json"]);
    const operators = readModel({ model: await readFile(workspace.path("out/int8.onnx")) }).graph.nodes.map((node) => node.op);
    expect(operators).toContain("QuantizeLinear");
    const plan = parsePlan(await readFile(workspace.path("out/int8.plan.json"), "utf8"));
    expect(plan.method).toMatch(/^min-max/);
    expect(stdout).toMatch(/top1 +100\.00 % +100\.00 %/);
    expect(stdout).toMatch(/\d+ of \d+ nodes quantized/);
    expect(stdout).toContain("measured on 6 samples, kept apart from calibration");
    expect(stdout).toContain("wrote out/int8.onnx, out/int8.plan.json");
  });

  test("--json answers with one object, and nothing else on stdout", async () => {
    const { code, json } = await halftone(...quantize, ...labels, "--json", "--report", "report.html", "--samples", "8", "--verify", "10");
    expect(code).toBe(0);
    expect(json).toMatchObject({
      model: "model.onnx",
      output: "out/int8.onnx",
      plan: "out/int8.plan.json",
      report: "report.html",
      method: expect.stringMatching(/^min-max/),
      float: { top1: 100, top5: 100 },
      quantized: { top1: 100, top5: 100 },
      agreement: 100,
      count: 10,
      samples: { calibration: 8, verification: 10, heldOut: true },
      tolerance: null,
    });
    expect(json.sqnrDb).toBeGreaterThan(20);
    expect(json.bytes.before).toBe((await stat(workspace.path("model.onnx"))).size);
    expect(json.bytes.after).toBe((await stat(workspace.path("out/int8.onnx"))).size);
    expect(json.latencyMs.float).toBeGreaterThan(0);
    expect(json.nodes.quantized).toBeGreaterThan(0);
    expect(Object.keys(json.outputs)).toEqual(["scores"]);
    expect(await readFile(workspace.path("report.html"), "utf8")).toContain("<h1>model.onnx</h1>");
  });

  test("is deterministic in its seed", async () => {
    const planOf = async (seed: string): Promise<string> => {
      await halftone(...quantize, "--seed", seed, "--samples", "6", "--plan", `plan-${seed}.json`);
      return readFile(workspace.path(`plan-${seed}.json`), "utf8");
    };
    const first = await planOf("1");
    expect(await planOf("1")).toBe(first);
    expect(await planOf("2")).not.toBe(first);
  });

  test("says so when it verified on the calibration data", async () => {
    const { json, code } = await halftone(...quantize, "--samples", "100", "--json");
    expect(code).toBe(0);
    expect(json.samples).toEqual({ calibration: 24, verification: 24, heldOut: false });
  });

  test("flags reach the plan", async () => {
    await halftone(...quantize, "--bits", "w6a8", "--scheme", "symmetric", "--granularity", "tensor", "--calibration", "mse", "--exclude", "class.*");
    const plan = parsePlan(await readFile(workspace.path("out/int8.plan.json"), "utf8"));
    expect(plan.nodes["classify"]).toEqual({ mode: "float", reason: "excluded by an override" });
    expect(plan.encodings["blur_weight"]).toMatchObject({ dtype: "int8", bits: 6, scale: { length: 1 } });
    expect(plan.encodings["image"]?.zeroPoint).toEqual([128]);
  });

  test("a flag wins over the configuration file", async () => {
    await writeFile(workspace.path("halftone.json"), JSON.stringify({ bits: "w4a4", exclude: ["mix"], samples: 5, tolerance: 50 }));
    const { json } = await halftone(...quantize, "--config", "halftone.json", "--bits", "w8a8", "--json");
    expect(json.samples.calibration).toBe(5);
    expect(json.tolerance).toMatchObject({ allowed: 50, kept: true });
    const plan = parsePlan(await readFile(workspace.path("out/int8.plan.json"), "utf8"));
    expect(plan.nodes["mix"]?.mode).toBe("float");
    expect(plan.encodings["blur_weight"]).not.toHaveProperty("bits");
  });

  test("warns of an exclusion that matches nothing", async () => {
    const { stderr } = await halftone(...quantize, "--exclude", "convolution.*");
    expect(stderr).toContain("warning: --exclude convolution.* matches no node");
  });

  test("--auto-exclude leaves in float what costs too much, and only that", async () => {
    const { json } = await halftone("sensitivity", "model.onnx", ...images, "--samples", "8", "--json");
    const ranked: readonly Row[] = json.nodes.sort((left: Row, right: Row) => sqnrOf(left) - sqnrOf(right));
    const threshold = (sqnrOf(ranked[0]!) + sqnrOf(ranked[1]!)) / 2;
    await halftone(...quantize, "--samples", "8", "--auto-exclude", String(threshold));
    const plan = parsePlan(await readFile(workspace.path("out/int8.plan.json"), "utf8"));
    expect(plan.nodes[ranked[0]!.node]).toEqual({ mode: "float", reason: "excluded by an override" });
    expect(plan.nodes[ranked[1]!.node]?.mode).toBe("integer");
  });

  test("--auto-exclude that leaves nothing is an error with its reason", async () => {
    const { code, json } = await halftone(...quantize, "--auto-exclude", "200", "--json");
    expect(code).toBe(2);
    expect(json.error.code).toBe("nothing-quantized");
    nothingWritten();
  });

  test("a loss beyond the tolerance is exit code 3, and the outputs are there", async () => {
    const { code, json, stderr } = await halftone(...quantize, ...labels, "--bits", "w2a2", "--tolerance", "0.5", "--json");
    expect(code).toBe(3);
    expect(json.error.code).toBe("accuracy-below-tolerance");
    expect(json.tolerance).toMatchObject({ metric: "top1", allowed: 0.5, kept: false });
    expect(json.tolerance.loss).toBeCloseTo(json.float.top1 - json.quantized.top1, 6);
    expect(stderr).toContain("error[accuracy-below-tolerance]");
    expect(existsSync(workspace.path("out/int8.onnx"))).toBe(true);
  });

  test("without labels the tolerance is held against the agreement", async () => {
    const { code, json } = await halftone(...quantize, "--tolerance", "0.5", "--json");
    expect(code).toBe(0);
    expect(json.tolerance).toEqual({ metric: "agreement", loss: 0, allowed: 0.5, kept: true });
    expect(json.float).toEqual({ top1: null, top5: null });
  });
});

describe("evaluate", () => {
  test("answers with exactly these keys, in percent", async () => {
    const { code, json } = await halftone("evaluate", "model.onnx", ...images, ...labels, "--json");
    expect(code).toBe(0);
    expect(json).toEqual({ top1: 100, top5: 100, count: 24, latencyMs: expect.any(Number) });
  });

  test("counts what is wrong: a quarter of the labels moved by one", async () => {
    const lines = (await readFile(workspace.path("labels.tsv"), "utf8")).trimEnd().split("\n");
    const wrong = lines.map((line, index) => (index % 4 === 0 ? line.replace(/\d+$/, (label) => String((Number(label) + 1) % 6)) : line));
    await writeFile(workspace.path("labels.tsv"), `${wrong.join("\n")}\n`);
    const { json } = await halftone("evaluate", "model.onnx", ...images, ...labels, "--json");
    expect(json.top1).toBe(75);
  });

  test("--limit", async () => {
    const { json, stdout } = await halftone("evaluate", "model.onnx", ...images, ...labels, "--limit", "7", "--json");
    expect(json.count).toBe(7);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a corrupt image among good ones is skipped, named, and shifts no label", async () => {
    await writeFile(workspace.path("images/003.png"), "not a picture");
    const { code, json, stderr } = await halftone("evaluate", "model.onnx", ...images, ...labels, "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ top1: 100, count: 23 });
    expect(stderr).toMatch(/skipped .*003\.png/);
  });
});

describe("compare", () => {
  test("answers with documented keys", async () => {
    await halftone(...quantize);
    const { code, json } = await halftone("compare", "model.onnx", "out/int8.onnx", ...images, ...labels, "--json");
    expect(code).toBe(0);
    expect(json).toEqual({
      float: { top1: 100, top5: 100 },
      quantized: { top1: 100, top5: 100 },
      agreement: 100,
      sqnrDb: expect.any(Number),
      bytes: { before: (await stat(workspace.path("model.onnx"))).size, after: (await stat(workspace.path("out/int8.onnx"))).size },
      latencyMs: { float: expect.any(Number), quantized: expect.any(Number) },
      count: 24,
    });
  });

  test("of a model with itself: no noise, which JSON calls null", async () => {
    const { json } = await halftone("compare", "model.onnx", "model.onnx", ...images, "--json");
    expect(json).toMatchObject({ sqnrDb: null, agreement: 100, float: { top1: null }, quantized: { top1: null } });
  });

  test("holds the tolerance too", async () => {
    await halftone(...quantize, "--bits", "w2a2");
    const { code } = await halftone("compare", "model.onnx", "out/int8.onnx", ...images, ...labels, "--tolerance", "0.5");
    expect(code).toBe(3);
  });
});

describe("sensitivity", () => {
  test("ranks the layers", async () => {
    const { code, json } = await halftone("sensitivity", "model.onnx", ...images, "--json", "--measure", "2");
    expect(code).toBe(0);
    expect(json.nodes.length).toBeGreaterThan(1);
    for (const row of json.nodes) {
      expect(Object.keys(row)).toEqual(["node", "op", "isolated", "cumulative"]);
      expect(row.isolated.sqnrDb).toBeGreaterThan(0);
    }
    const { stdout } = await halftone("sensitivity", "model.onnx", ...images);
    expect(stdout).toMatch(/blur +Conv +[\d.]+ dB/);
  });
});

describe("apply", () => {
  test("makes of model and plan the very bytes that quantize wrote", async () => {
    await halftone(...quantize);
    const { code, json } = await halftone("apply", "model.onnx", "out/int8.plan.json", "-o", "again.onnx", "--json");
    expect(code).toBe(0);
    expect(await readFile(workspace.path("again.onnx"))).toEqual(await readFile(workspace.path("out/int8.onnx")));
    expect(json).toMatchObject({
      output: "again.onnx",
      method: expect.stringMatching(/^min-max/),
      nodes: { quantized: expect.any(Number), total: expect.any(Number) },
    });
    expect(json.bytes.after).toBe((await stat(workspace.path("again.onnx"))).size);
  });

  test("refuses a plan of another model, and what is no plan", async () => {
    await halftone(...quantize);
    const plan = JSON.parse(await readFile(workspace.path("out/int8.plan.json"), "utf8"));
    await writeFile(workspace.path("other.json"), JSON.stringify({ ...plan, model: "0".repeat(64) }));
    expect(await halftone("apply", "model.onnx", "other.json", "-o", "x.onnx")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error[plan-mismatch]"),
    });
    expect(await halftone("apply", "model.onnx", "card.json", "-o", "x.onnx")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error[invalid-config]"),
    });
    expect(existsSync(workspace.path("x.onnx"))).toBe(false);
  });
});

describe("inspect", () => {
  test("says what a model is, and what would become of it", async () => {
    const { code, json } = await halftone("inspect", "model.onnx", "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({
      file: "model.onnx",
      opset: 21,
      inputs: [{ name: "image", dtype: "float32", shape: [1, 3, 16, 16] }],
      outputs: [{ name: "scores" }],
      nodes: 6,
      operators: { Conv: 2, Relu: 1, GlobalAveragePool: 1, Flatten: 1, Gemm: 1 },
      weights: { elements: 81 + 9 + 3 + 18 + 6 },
      quantizable: true,
      obstacle: null,
    });
    expect(json.decisions.blur.mode).toBe("integer");
    const { stdout } = await halftone("inspect", "model.onnx", "--nodes");
    expect(stdout).toContain("image: float32 [1, 3, 16, 16]");
    expect(stdout).toMatch(/^blur +integer$/m);
  });

  test("reads a quantized model, and says that it is one", async () => {
    await halftone(...quantize);
    const { code, json } = await halftone("inspect", "out/int8.onnx", "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ quantizable: false, obstacle: { code: "already-quantized" }, decisions: null });
  });
});

describe("user errors, exit code 1", () => {
  test.each([
    ["an unknown command", ["quantise", "model.onnx"], /unknown command 'quantise'.*Did you mean quantize/i],
    ["an unknown flag", [...quantize, "--bit", "w8a8"], /unknown option '--bit'/i],
    ["a missing argument", ["inspect"], /missing required argument 'model'/i],
    ["a missing flag", ["quantize", "model.onnx", ...images], /required option '-o, --output/i],
    ["a value that is none", [...quantize, "--calibration", "entropi"], /--calibration: "entropi" is not one of .*Did you mean "entropy"/],
    ["an unknown method", [...quantize, "--method", "min-mex"], /no method named "min-mex".*Did you mean "min-max"/],
    ["an unknown target", [...quantize, "--target", "node-cpu-avx3"], /no target named "node-cpu-avx3".*Did you mean "node-cpu-avx2"/],
    ["images without preprocessing", ["quantize", "model.onnx", "-o", "out/int8.onnx", "--data", "images"], /--preprocess/],
    ["the model as output", ["quantize", "model.onnx", "-o", "model.onnx", ...images], /is an input/],
    ["two outputs in one file", [...quantize, "--report", "out/int8.onnx"], /is where the model goes/],
    ["a missing configuration", [...quantize, "--config", "none.json"], /none\.json does not exist/],
    ["a plugin that is not there", [...quantize, "--plugin", "./none.js"], /Plugin \.\/none\.js could not be loaded/],
  ])("%s", async (_, argv, message) => {
    const { code, stderr, stdout } = await halftone(...argv);
    expect(stderr).toMatch(/^error\[[a-z-]+\]: /m);
    expect(stderr.replaceAll("\n", " ")).toMatch(message);
    expect(stdout).toBe("");
    expect(code).toBe(1);
    nothingWritten();
  });

  test("an unknown field of the configuration, with the one that was meant", async () => {
    await writeFile(workspace.path("halftone.json"), JSON.stringify({ calibraton: "max" }));
    const { code, json } = await halftone(...quantize, "--config", "halftone.json", "--json");
    expect(code).toBe(1);
    expect(json).toEqual({
      error: {
        code: "invalid-config",
        message: expect.stringContaining('Did you mean "calibration"?'),
        details: { file: workspace.path("halftone.json"), field: "calibraton" },
      },
    });
  });

  test("an unknown option of the method", async () => {
    await writeFile(workspace.path("halftone.json"), JSON.stringify({ methodOptions: { percentil: 99 } }));
    expect(await halftone(...quantize, "--config", "halftone.json")).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean "percentile"?') });
  });
});

describe("model and data errors, exit code 2", () => {
  test.each([
    ["a missing model", ["inspect", "none.onnx"], /none\.onnx/],
    ["what is no model", ["inspect", "card.json"], /error\[invalid-model\]/],
    ["missing data", ["quantize", "model.onnx", "-o", "out/int8.onnx", "--data", "pictures", "--preprocess", "card.json"], /pictures/],
    ["an output that cannot be", ["quantize", "model.onnx", "-o", "card.json/int8.onnx", ...images], /error\[write-failed\]: .*card\.json is a file/],
    ["an output that is a folder", ["quantize", "model.onnx", "-o", "images", ...images], /error\[write-failed\]: .*it is a folder/],
  ])("%s", async (_, argv, message) => {
    const { code, stderr } = await halftone(...argv);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    nothingWritten();
  });

  test("an empty folder", async () => {
    await mkdir(workspace.path("empty"));
    const { code, stderr } = await halftone("quantize", "model.onnx", "-o", "out/int8.onnx", "--data", "empty", "--preprocess", "card.json");
    expect(stderr).toMatch(/error\[(empty-calibration|invalid-data)\]/);
    expect(code).toBe(2);
    nothingWritten();
  });

  test("nothing but corrupt images", async () => {
    for (const name of await readdir(workspace.path("images"))) await writeFile(workspace.path("images", name), "not a picture");
    const { code, stderr } = await halftone(...quantize);
    expect(stderr).toMatch(/error\[empty-calibration\]/);
    expect(code).toBe(2);
    nothingWritten();
  });

  test("a model that is quantized already", async () => {
    await halftone(...quantize);
    const { code, stderr } = await halftone("quantize", "out/int8.onnx", "-o", "twice.onnx", ...images);
    expect(stderr).toContain("error[already-quantized]");
    expect(code).toBe(2);
    expect(existsSync(workspace.path("twice.onnx"))).toBe(false);
  });

  test("labels that do not fit the model", async () => {
    await writeFile(workspace.path("labels.tsv"), (await readFile(workspace.path("labels.tsv"), "utf8")).replace(/\t5$/gm, "\t6"));
    const { code, stderr } = await halftone("evaluate", "model.onnx", ...images, ...labels);
    expect(stderr).toMatch(/error\[invalid-data\]: .*class 6.*6 classes/);
    expect(code).toBe(2);
  });
});

describe("help", () => {
  test("is no error, and names every flag's choices", async () => {
    const { code, stdout } = await halftone("quantize", "--help");
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain('choices: "max", "moving-average", "percentile", "entropy", "mse"');
    expect((await halftone("--help")).stdout).toContain("Exit codes");
    expect((await halftone("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("nothing at all is an error with help", async () => {
    expect((await halftone()).code).toBe(1);
  });
});

test("a model whose weights lie in a side file", async () => {
  const files = writeModel(readModel(hueClassifier()), { externalFrom: 64, externalName: "weights.bin" });
  await writeFile(workspace.path("split.onnx"), files.model);
  await writeFile(workspace.path("weights.bin"), files.external!.get("weights.bin")!);
  const argv = ["quantize", "split.onnx", "-o", "out/int8.onnx", ...images, "--json"];
  const { code, json } = await halftone(...argv);
  expect(code).toBe(0);
  expect(json.bytes.before).toBe(files.model.byteLength + files.external!.get("weights.bin")!.byteLength);
  expect((await readdir(workspace.path("out"))).sort()).toEqual(["int8.onnx", "int8.plan.json"]);
  await rm(workspace.path("weights.bin"));
  expect(await halftone(...argv)).toMatchObject({ code: 2, stderr: expect.stringMatching(/error\[external-data\]: .*weights\.bin/) });
});
