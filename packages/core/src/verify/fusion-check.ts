/**
 * What the runtime made of the exported model. The optimized model is read back and searched for what the plan did not
 * ask for: grids between two float operators, planned integer operators that stayed float, and weights that the
 * runtime quantized on its own, one scale for the whole tensor (architecture D12).
 */
import type { Graph, Node, Value } from "../ir/index.ts";
import { readModel } from "../onnx/index.ts";
import type { Backend, FusionFinding, FusionReport, ModelFiles } from "../spec/index.ts";

const integerOperator = /^(QLinear|QGemm$|MatMulInteger|ConvInteger|DynamicQuantize|MatMulNBits|QEmbed|QAttention|QMoE)/;
/** Operators that the runtime executes on integers when their input is an integer. */
const movingOperators = new Set([
  "MaxPool",
  "Reshape",
  "Transpose",
  "Concat",
  "Split",
  "Slice",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
  "Gather",
  "Resize",
  "Expand",
  "Tile",
  "Pad",
  "DepthToSpace",
  "SpaceToDepth",
]);
const weightedOperators = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "FusedConv", "FusedGemm", "FusedMatMul", "NhwcFusedConv"]);

export async function checkFusion(exported: ModelFiles, backend: Backend): Promise<FusionReport> {
  if (!backend.optimize) return { checked: false, integerOperators: {}, findings: [] };
  const optimized = readModel(await backend.optimize(exported)).graph;
  // Only the first level keeps the names that tell where a weight came from.
  const basic = readModel(await backend.optimize(exported, { optimization: "basic" })).graph;
  const known = new Set(readModel(exported).graph.initializers.map((value) => value.name));
  const findings = [...optimized.nodes.flatMap(findingsOf), ...basic.initializers.flatMap((value) => requantized(value, known))];
  return { checked: true, integerOperators: countIntegerOperators(optimized), findings };
}

function countIntegerOperators(graph: Graph): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const node of graph.nodes) {
    if (integerOperator.test(node.op) || (movingOperators.has(node.op) && movesIntegers(node))) counts[node.op] = (counts[node.op] ?? 0) + 1;
  }
  return counts;
}

function movesIntegers(node: Node): boolean {
  const producer = node.inputs[0]?.producer;
  if (!producer) return false;
  return producer.op === "QuantizeLinear" || integerOperator.test(producer.op) || (movingOperators.has(producer.op) && movesIntegers(producer));
}

function findingsOf(node: Node): readonly FusionFinding[] {
  const source = node.inputs[0]?.producer;
  if (node.op === "DequantizeLinear" && source?.op === "QuantizeLinear") {
    const readers = node.outputs[0]!.consumers.map((use) => use.node.op).join(", ") || "the output";
    return [{ kind: "unfused-pair", where: node.name, detail: `the pair around ${source.inputs[0]?.name} rounds for ${readers}, between float operators` }];
  }
  if (weightedOperators.has(node.op) && node.inputs.slice(0, 2).every((value) => value?.producer?.op === "DequantizeLinear")) {
    return [{ kind: "float-operator", where: node.name, detail: `${node.op} computes in float although both its operands are quantized` }];
  }
  return [];
}

/** The runtime names what it adds after the node: `NODE_weight_q`. */
function requantized(value: Value, known: ReadonlySet<string>): readonly FusionFinding[] {
  if (value.dtype !== "int8" || known.has(value.name) || !/_weight_q(_\d+)?$/.test(value.name)) return [];
  return [{ kind: "requantized-weight", where: value.name, detail: "the runtime quantized this float weight on its own, with one scale for the whole tensor" }];
}
