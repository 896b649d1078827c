import { parsePreprocess, quantize } from "@halftone/core";
import { staticMethods } from "@halftone/min-max";
import { imageFolder, nodeBackend, nodeTarget, pathsOfModel, readModelFiles, writeFilesAtomically } from "@halftone/node";

const preprocess = parsePreprocess({ resize: { shortest: 256 }, crop: [224, 224], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
const { model, report } = await quantize({
  model: await readModelFiles("model.onnx"),
  source: await imageFolder("./images", { input: "pixel_values", preprocess }),
  method: staticMethods(),
  backend: nodeBackend(),
  target: await nodeTarget(),
});
await writeFilesAtomically(pathsOfModel("model.int8.onnx", model));
console.log(`${report.nodes.quantized} of ${report.nodes.total} nodes quantized; same first class: ${report.agreement?.top1}`);
