import { type Model, opsetOf } from "../../ir/index.ts";
import { workingOpset } from "./working-opset.ts";

/**
 * Rewrites the standard operators of a model, subgraphs included, in terms of operator set 21: version by version, each
 * operator where it changed. A model of that operator set or a newer one is left alone, and so are other domains: the
 * rules are loaded for those that are older.
 *
 * @throws `unsupported-opset` before operator set 7; `unsupported-op` for a node that cannot be carried over.
 */
export async function upgradeOpset(model: Model): Promise<void> {
  if (opsetOf(model) >= workingOpset) return;
  const { carryOver } = await import("./carry-over.ts");
  carryOver(model);
}
