/**
 * Outputs of activations that fall below zero a little: their minimum is at the same place whatever the network.
 *
 *     GELU        x/2 (1 + erf(x / sqrt 2))                    at x = -0.7518
 *                 x/2 (1 + tanh(sqrt(2/pi)(x + 0.044715 x^3))) at x = -0.7525
 *     SiLU        x sigmoid(x); quick GELU: x sigmoid(a x)     at x = -1.2785 / a
 *     hard swish  x clamp(x/6 + 1/2, 0, 1)                     at x = -1.5
 *     Mish        x tanh(ln(1 + e^x))                          at x = -1.1924
 */
import type { ActivatedTensor, NodeView, ValueView } from "../spec/index.ts";
import type { Flow } from "./flow.ts";
import { moves } from "./moving.ts";
import { isOp, isProduct } from "./products.ts";
import { leavesUnit } from "./units.ts";

type Activation = Pick<ActivatedTensor, "activation" | "minimum">;

const geluMinimum = -0.16997120747990366;
const tanhGeluMinimum = -0.17004075057125403;
const siluMinimum = -0.2784645427610738;
const mishMinimum = -0.3088434130172504;
const hardSwishMinimum = -0.375;
const quickGeluSlope = 1.702;

export function activatedOf(flow: Flow): readonly ActivatedTensor[] {
  return flow.nodes.flatMap((node) => {
    const activation = activationOf(flow, node);
    const tensor = node.outputs[0];
    if (!activation || !tensor) return [];
    const reads = readsBehind(flow, tensor);
    if (reads.length === 0) return [];
    const readers = new Set(reads.map((read) => read.node).filter((reader) => flow.weighted.has(reader)));
    return [
      {
        tensor: tensor.name,
        ...activation,
        readers: flow.nodes.filter((each) => readers.has(each)).map((each) => each.name),
        operands: [...new Set(reads.map((read) => read.tensor))],
      },
    ];
  });
}

function activationOf(flow: Flow, node: NodeView): Activation | undefined {
  const unit = flow.unitOf(node);
  if (unit !== undefined) return leavesUnit(flow, node) ? unitActivation(flow, unit, node) : undefined;
  if (isOp(node, "Gelu")) return { activation: "gelu", minimum: node.attribute("approximate") === "tanh" ? tanhGeluMinimum : geluMinimum };
  if (isOp(node, "HardSwish")) return { activation: "hard-swish", minimum: hardSwishMinimum };
  if (isOp(node, "Mish")) return { activation: "mish", minimum: mishMinimum };
  return undefined;
}

function unitActivation(flow: Flow, unit: string, node: NodeView): Activation | undefined {
  switch (unit) {
    case "gelu":
      return { activation: "gelu", minimum: below(flow, node, "Tanh") ? tanhGeluMinimum : geluMinimum };
    case "silu":
      return { activation: "silu", minimum: siluMinimum };
    case "quick-gelu":
      return { activation: "quick-gelu", minimum: siluMinimum / slopeOf(flow, node) };
    case "mish":
      return { activation: "mish", minimum: mishMinimum };
    case "hard-swish":
      return { activation: "hard-swish", minimum: hardSwishMinimum };
    default:
      return undefined;
  }
}

/** The a of sigmoid(a x). */
function slopeOf(flow: Flow, node: NodeView): number {
  const scaling = below(flow, node, "Sigmoid")?.inputs[0]?.producer;
  const factor = scaling?.inputs.find((input) => input?.constant)?.constant?.data[0];
  if (typeof factor !== "number" || !scaling || flow.unitOf(scaling) !== flow.unitOf(node)) return quickGeluSlope;
  return isOp(scaling, "Div") ? 1 / factor : factor;
}

/** The node of that operator within the unit that `node` ends. */
function below(flow: Flow, node: NodeView, op: string): NodeView | undefined {
  const members = new Set([node]);
  for (const member of members) {
    if (isOp(member, op)) return member;
    for (const { producer } of flow.inputsOf(member)) if (producer && flow.unitOf(producer) === flow.unitOf(node)) members.add(producer);
  }
  return undefined;
}

/** The products that read `value`, directly or behind nodes that move it, each with the tensor it reads. */
function readsBehind(flow: Flow, value: ValueView): readonly { readonly node: NodeView; readonly tensor: string }[] {
  return flow.readersOf(value).flatMap((reader) => {
    if (isProduct(reader)) return [{ node: reader, tensor: value.name }];
    return moves(reader, value) ? reader.outputs.flatMap((output) => (output ? readsBehind(flow, output) : [])) : [];
  });
}
