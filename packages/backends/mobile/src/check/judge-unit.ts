import type { Dimension, IntegerDtype, NodeView, OperatorSupport, ValueView, Verdict } from "@halftone/core";
import type { Need, ProviderTable } from "../target/provider-table.ts";
import type { NodeUnit } from "./node-unit.ts";

/** Whether the provider takes the unit, as its table has it. */
export function judgeUnit(unit: NodeUnit, table: ProviderTable): Verdict {
  const { node, form } = unit;
  const row = node.domain === "" ? table.operators[node.op] : undefined;
  if (!row || (form === "float" && !row.float)) return no(`${table.provider} has no ${nameOf(node)}`);
  if (form === "integer" && !row.integer) return no(`${table.provider} has no ${node.op} between grids`);
  const types = form === "integer" ? judgeTypes(node, row.integer!, table) : yes;
  if (!types.ok) return types;
  const shapes = judgeShapes(node, table);
  if (!shapes.ok) return shapes;
  return (row.needs ?? []).map((need) => judgeNeed(unit, need, table)).find(({ ok }) => !ok) ?? yes;
}

/** Whether a unit before it swallows the node. */
export function isFused(unit: NodeUnit, { fusions }: ProviderTable, taken: ReadonlySet<NodeView>): boolean {
  const producer = unit.node.inputs[0]?.producer;
  if (!producer || !taken.has(producer) || unit.node.domain !== "" || unit.node.inputs[0]!.consumers.length !== 1) return false;
  return fusions.some(({ first, next, form }) => form === unit.form && first.includes(producer.op) && next.includes(unit.node.op));
}

const yes: Verdict = { ok: true };

function no(reason: string): Verdict {
  return { ok: false, reason };
}

function nameOf({ op, domain }: NodeView): string {
  return domain === "" ? op : `${domain}.${op}`;
}

function judgeTypes(node: NodeView, { role, activations, weights, perChannelWeights, where }: OperatorSupport, { provider }: ProviderTable): Verdict {
  const unmet = Object.entries(where ?? {}).find(([name, value]) => (node.attribute(name) ?? value) !== value);
  if (unmet) return no(`${provider} has ${node.op} between grids only with ${unmet[0]} = ${unmet[1]}`);
  for (const [index, value] of node.inputs.entries()) {
    const grid = value?.producer?.op === "DequantizeLinear" ? value.producer : undefined;
    if (!grid) continue;
    const isWeight = role === "weighted" && index === 1 && grid.inputs[0]?.constant !== undefined;
    const isBias = role === "weighted" && index === 2;
    const allowed: readonly string[] = isBias ? ["int32"] : isWeight ? weights : activations;
    const dtype = grid.inputs[0]?.dtype as IntegerDtype | undefined;
    if (dtype !== undefined && !allowed.includes(dtype))
      return no(`${provider} takes ${isWeight ? "weights" : isBias ? "a bias" : "activations"} of ${node.op} as ${allowed.join(" or ")}, not ${dtype}`);
    if (isWeight && !perChannelWeights && (grid.inputs[1]?.constant?.data.length ?? 1) > 1)
      return no(`${provider} takes weights of ${node.op} with one scale only`);
  }
  return yes;
}

function judgeShapes(node: NodeView, { provider, shapes }: ProviderTable): Verdict {
  const open = [...node.inputs, ...node.outputs].find((value) => value && !isKnown(value, shapes.known));
  return open ? no(`${provider} needs fixed shapes, and ${open.name} is [${(open.shape ?? ["unknown rank"]).join(", ")}]`) : yes;
}

function isKnown({ shape, constant }: ValueView, known: ProviderTable["shapes"]["known"]): boolean {
  if (constant) return true;
  const isNumber = (dimension: Dimension) => typeof dimension === "number";
  return shape !== undefined && (known === "all" ? shape : shape.slice(1)).every(isNumber);
}

function judgeNeed({ node, form }: NodeUnit, need: Need, { provider }: ProviderTable): Verdict {
  const { shape } = node.inputs[0] ?? {};
  switch (need.kind) {
    case "rank":
      return shape && need.ranks.includes(shape.length)
        ? yes
        : no(`${provider} takes ${node.op} of ${need.ranks.join(" or ")} dimensions, not ${shape?.length ?? "?"}`);
    case "constant": {
      const open = need.inputs.map((index) => node.inputs[index]).find((value) => value && !isConstant(value, form));
      return open ? no(`${provider} needs ${open.name} of ${node.op} to be constant`) : yes;
    }
    case "attribute": {
      const value = node.attribute(need.name) ?? need.otherwise;
      return (need.values as readonly unknown[]).includes(value)
        ? yes
        : no(`${provider} takes ${node.op} only with ${need.name} = ${need.values.join(" or ")}`);
    }
    case "last-axis": {
      const axis = node.attribute("axis") ?? -1;
      return axis === -1 || axis === (shape?.length ?? 0) - 1 ? yes : no(`${provider} takes ${node.op} along the last axis only`);
    }
    default:
      return need satisfies never;
  }
}

function isConstant(value: ValueView, form: NodeUnit["form"]): boolean {
  if (value.constant) return true;
  return form === "integer" && value.producer?.op === "DequantizeLinear" && value.producer.inputs[0]?.constant !== undefined;
}
