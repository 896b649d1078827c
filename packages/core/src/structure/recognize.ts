import type { GraphView, NodeView, Structure } from "../spec/index.ts";
import { activatedOf } from "./activated.ts";
import { attentionsOf } from "./attentions.ts";
import { bridgesOf, givenBridges } from "./bridges.ts";
import { endsOf, flowOf } from "./flow.ts";
import { normalizationsOf } from "./normalizations.ts";
import { isDepthwise, isGrouped } from "./products.ts";
import { residualsOf } from "./residuals.ts";

export interface StructureOverrides {
  /** Lists of node names that replace the bridge blocks found. */
  readonly bridges?: readonly (readonly string[])[];
}

/**
 * What a normalized graph is made of. Names play no part in it.
 *
 * @param units by node name, the kind of unit that the node is part of, as `normalize` answers.
 * @throws `invalid-config` when a bridge block of the overrides names a node that does not exist.
 */
export function recognizeStructure(graph: GraphView, units: ReadonlyMap<string, string>, overrides: StructureOverrides = {}): Structure {
  const flow = flowOf(graph, units);
  const { first, last } = endsOf(flow);
  const weighted = [...flow.weighted];
  const attentions = attentionsOf(flow);
  const scoring = new Set(attentions.flatMap((found) => found.scoring));
  return {
    weighted: namesOf(weighted),
    first: namesOf(first),
    last: namesOf(last),
    depthwise: namesOf(weighted.filter(isDepthwise)),
    grouped: namesOf(weighted.filter(isGrouped)),
    attentions: attentions.map(({ attention }) => attention),
    activated: activatedOf(flow),
    normalizations: normalizationsOf(flow),
    residuals: namesOf(residualsOf(flow, scoring)),
    bridges: overrides.bridges ? givenBridges(flow, overrides.bridges) : bridgesOf(flow, attentions),
  };
}

function namesOf(nodes: readonly NodeView[]): readonly string[] {
  return nodes.map((node) => node.name);
}
