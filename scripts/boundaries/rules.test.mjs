import { describe, expect, test } from "vitest";
import { readProject } from "./project.mjs";
import { rules } from "./rules.mjs";

const core = "packages/core/src";
const manifests = {
  "packages/core/package.json": '{ "dependencies": { "zod": "4" } }',
  "packages/methods/a/package.json": '{ "dependencies": { "@halftone/core": "0" } }',
  "packages/backends/a/package.json": '{ "peerDependencies": { "sharp": "0" } }',
  "packages/tuner/package.json": '{ "dependencies": { "@halftone/core": "0" } }',
};
const locked = (packages) =>
  JSON.stringify({
    packages: { ...Object.fromEntries(Object.entries(manifests).map(([path, text]) => [path.replace("/package.json", ""), JSON.parse(text)])), ...packages },
  });
const lines = (count) => "export {};\n".repeat(count);
const errorCodes = 'export type ErrorCode =\n  | "invalid-model"\n  | "aborted";\n';
const home = ["", "home", "someone", "model.onnx"].join("/");
const registry = ["https:", "", "registry.example.com", "left-pad"].join("/");

/** For every rule: files it must object to, each with the path of the finding, and files it must accept. */
const cases = {
  "one way through": {
    broken: [
      [{ [`${core}/onnx/a.ts`]: 'import { b } from "../normalize/b.ts";' }, `${core}/onnx/a.ts`],
      [{ [`${core}/spec/a.ts`]: 'import type { b } from "../numerics/b.ts";' }, `${core}/spec/a.ts`],
      [{ [`${core}/verify/a.ts`]: 'import { quantize } from "../quantizer.ts";' }, `${core}/verify/a.ts`],
      [{ [`${core}/attic/a.ts`]: "" }, `${core}/attic/a.ts`],
    ],
    accepted: {
      [`${core}/normalize/a.ts`]: 'import { b } from "../onnx/b.ts"; import { c } from "./c.ts"; import { z } from "zod";',
      [`${core}/onnx/a.test.ts`]: 'import { b } from "../normalize/b.ts";',
      [`${core}/index.ts`]: 'export { quantize } from "./quantizer.ts";',
    },
  },
  "no import cycles": {
    broken: [
      [{ [`${core}/ir/a.ts`]: 'import "./b.ts";', [`${core}/ir/b.ts`]: 'export * from "./c.ts";', [`${core}/ir/c.ts`]: 'import "./a.ts";' }, `${core}/ir/a.ts`],
      [{ [`${core}/ir/a.ts`]: 'import "./a.ts";' }, `${core}/ir/a.ts`],
    ],
    accepted: { [`${core}/ir/a.ts`]: 'import { b } from "./b.ts";', [`${core}/ir/b.ts`]: 'import type { a } from "./a.ts";' },
  },
  "packages know core only": {
    broken: [
      [{ "packages/methods/a/src/a.ts": 'import { b } from "@halftone/node";' }, "packages/methods/a/src/a.ts"],
      [{ [`${core}/a.ts`]: 'const b = await import("@halftone/min-max");' }, `${core}/a.ts`],
    ],
    accepted: {
      "packages/methods/a/src/a.ts": 'import { b } from "@halftone/core";',
      "packages/methods/a/src/a.test.ts": 'import { b } from "@halftone/node";',
    },
  },
  "no Node in portable packages": {
    broken: [
      [{ [`${core}/onnx/a.ts`]: 'import { readFileSync } from "node:fs";' }, `${core}/onnx/a.ts`],
      [{ "packages/methods/a/src/a.ts": 'type Stats = import("node:fs").Stats;' }, "packages/methods/a/src/a.ts"],
      [{ "packages/tuner/src/index.ts": 'export * from "./node/index.ts";' }, "packages/tuner/src/index.ts"],
    ],
    accepted: {
      "packages/tuner/src/node/index.ts": 'import { open } from "node:fs/promises"; import { a } from "../a.ts"; import { b } from "./b.ts";',
      "packages/backends/a/src/a.ts": 'import { cpus } from "node:os";',
      [`${core}/onnx/a.test.ts`]: 'import { readFileSync } from "node:fs";',
    },
  },
  "no Node globals in portable packages": {
    broken: [
      [{ [`${core}/ir/a.ts`]: "export const now = process.hrtime();" }, `${core}/ir/a.ts`],
      [{ [`${core}/ir/a.ts`]: "export const bytes = (text) => Buffer.from(text);" }, `${core}/ir/a.ts`],
      [{ [`${core}/ir/a.ts`]: "export const env = globalThis.process.env;" }, `${core}/ir/a.ts`],
    ],
    accepted: {
      [`${core}/ir/a.ts`]: "// Buffer\nexport const a = (image) => image.process({ process: 1 });",
      "packages/backends/a/src/a.ts": "export const pid = process.pid;",
    },
  },
  "imports are declared": {
    broken: [
      [{ [`${core}/ir/a.ts`]: 'import { b } from "lodash";' }, `${core}/ir/a.ts`],
      [{ "packages/backends/a/src/a.ts": 'import { b } from "../../../core/src/index.ts";' }, "packages/backends/a/src/a.ts"],
    ],
    accepted: { [`${core}/ir/a.ts`]: 'import { z } from "zod/v4";', "packages/backends/a/src/a.ts": 'import sharp from "sharp"; import "./b.ts";' },
  },
  "the wire format has one door": {
    broken: [
      [{ [`${core}/ir/a.ts`]: 'import { ModelProtoSchema } from "onnx-buf";' }, `${core}/ir/a.ts`],
      [{ "bench/src/a.ts": 'import { toBinary } from "@bufbuild/protobuf/wire";' }, "bench/src/a.ts"],
    ],
    accepted: { [`${core}/onnx/a.ts`]: 'import { ModelProtoSchema } from "onnx-buf";' },
  },
  "small files": {
    broken: [[{ "bench/src/a.ts": lines(401) }, "bench/src/a.ts"]],
    accepted: { "bench/src/a.ts": lines(400), [`${core}/onnx/generated/a.ts`]: lines(401) },
  },
  "kebab-case files": {
    broken: [
      [{ [`${core}/ir/graphView.ts`]: "" }, `${core}/ir/graphView.ts`],
      [{ [`${core}/ir/graph_view.ts`]: "" }, `${core}/ir/graph_view.ts`],
    ],
    accepted: { [`${core}/ir/graph-view.test.ts`]: "", "examples/a/src/main.full.test.ts": "" },
  },
  "half to even": {
    broken: [[{ [`${core}/numerics/a.ts`]: "export const a = Math.round(0.5);" }, `${core}/numerics/a.ts`]],
    accepted: { [`${core}/numerics/a.ts`]: "// Math.round(0.5) is 1\nexport const a = Math.floor(0.5);" },
  },
  "coded errors": {
    broken: [
      [{ "packages/methods/a/src/a.ts": 'throw new Error("no");' }, "packages/methods/a/src/a.ts"],
      [{ [`${core}/ir/a.ts`]: "export const a = () => { throw new RangeError(); };" }, `${core}/ir/a.ts`],
    ],
    accepted: { [`${core}/ir/a.ts`]: 'throw new QuantError("internal", "no");', [`${core}/ir/a.test.ts`]: 'throw new Error("no");' },
  },
  "no module state": {
    broken: [[{ [`${core}/ir/a.ts`]: "export let next = 0;" }, `${core}/ir/a.ts`]],
    accepted: { [`${core}/ir/a.ts`]: "export function a() { let next = 0; return next; }" },
  },
  "tests are on": {
    broken: [
      [{ [`${core}/ir/a.test.ts`]: 'test.only("a", () => {});' }, `${core}/ir/a.test.ts`],
      [{ [`${core}/ir/a.test.ts`]: '\ndescribe.skip("a", () => {});' }, `${core}/ir/a.test.ts`],
      [{ [`${core}/ir/a.test.ts`]: 'test.skipIf(process.env.CI)("a", () => {});' }, `${core}/ir/a.test.ts`],
      [{ [`${core}/ir/a.test.ts`]: "test('a', (context) => {\n  context.skip();\n});" }, `${core}/ir/a.test.ts`],
    ],
    accepted: {
      [`${core}/ir/a.test.ts`]:
        'test.skipIf(!assets)("a (needs HALFTONE_ASSETS)", () => {});\n// the runtime has no kernel for it before 1.31\ntest.skip("b", () => {});\ntest("c", (context) => {\n  context.skip(!assets, "no assets");\n});\nlist.only(1);',
    },
  },
  "every error code is documented": {
    broken: [
      [{ [`${core}/spec/error.ts`]: errorCodes, "docs/errors.md": "| `aborted` | stopped |\n" }, "docs/errors.md"],
      [{ [`${core}/spec/error.ts`]: errorCodes, "docs/errors.md": "| `aborted` | |\n| `invalid-model` | |\n| `gone` | |\n" }, "docs/errors.md"],
    ],
    accepted: {
      [`${core}/spec/error.ts`]: errorCodes,
      "docs/errors.md": "| code | meaning |\n|---|---|\n| `invalid-model` | broken |\n| `aborted` | stopped |\n",
    },
  },
  "every flag is documented": {
    broken: [
      [{ "packages/cli/src/a.ts": 'command.option("-o, --output <file>", "where");', "docs/cli.md": "`--output-all`" }, "packages/cli/src/a.ts"],
      [{ "packages/cli/src/a.ts": 'command.addOption(new Option("--scheme <scheme>", "which"));', "docs/cli.md": "" }, "packages/cli/src/a.ts"],
    ],
    accepted: { "packages/cli/src/a.ts": 'command.requiredOption("--data <source>", "what");', "docs/cli.md": "`--data SOURCE`" },
  },
  "shown code compiles": {
    broken: [[{ "README.md": "```ts\nquantise();\n```", "docs/snippets/a.ts": "quantize();\n" }, "README.md"]],
    accepted: { "README.md": "```ts\nquantize();\n```\n```sh\nls\n```", "docs/snippets/a.ts": "quantize();\n" },
  },
  "the lock file is in step": {
    broken: [
      [{ "bench/package.json": '{ "dependencies": { "zod": "4" } }' }, "bench/package.json"],
      [
        { "bench/package.json": '{ "dependencies": { "zod": "4" } }', "package-lock.json": locked({ bench: { dependencies: { zod: "3" } } }) },
        "bench/package.json",
      ],
      [{ "package.json": "{}", "package-lock.json": locked({ "": { devDependencies: { vitest: "4" } } }) }, "package.json"],
    ],
    accepted: { "bench/package.json": '{ "dependencies": { "zod": "4" } }', "package-lock.json": locked({ bench: { dependencies: { zod: "4" } } }) },
  },
  "nothing of one machine": {
    broken: [
      [{ "docs/a.md": `run it on ${home}` }, "docs/a.md"],
      [{ "package-lock.json": `"resolved": "${registry}"` }, "package-lock.json"],
    ],
    accepted: { "docs/a.md": "see ../shared/assets, /tmp/model.onnx and https://onnx.ai/" },
  },
};

const project = (files) => readProject(new Map(Object.entries({ ...manifests, "package-lock.json": locked({}), ...files })));

test("every rule has a case", () => {
  expect(Object.keys(cases)).toEqual(rules.map((rule) => rule.name));
});

describe.each(rules)("$name", ({ name, check }) => {
  test.each(cases[name].broken)("objects to %j", (files, path) => {
    expect(check(project(files)).map((finding) => finding.path)).toEqual([path]);
  });

  test("accepts what is allowed", () => {
    expect(check(project(cases[name].accepted))).toEqual([]);
  });
});
