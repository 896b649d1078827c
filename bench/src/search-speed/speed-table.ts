import { tableLines } from "../shared/table-lines.ts";
import type { CountedLayer } from "./distinct-layers.ts";
import type { LayerSpeed } from "./measure-layer.ts";

export interface MeasuredLayer extends CountedLayer {
  readonly speed: LayerSpeed;
}

const heads = ["layer", "kind", "B x R x D x M", "times", "float GFLOP/s", "activation", "weight", "activation, cosine", "weight, cosine"];

/** Ratios of the search over the float layer; the last line is all layers of the network together, each as often as it has them. */
export function speedTable(layers: readonly MeasuredLayer[]): string {
  const rows = layers.map(({ layer, count, speed }) => {
    const { batch, rows, depth, columns, float } = speed;
    const ratios = speedsOf(speed).map((each) => (each / float).toFixed(2));
    return [layer.node, layer.kind, [batch, rows, depth, columns].join(" x "), String(count), float.toFixed(0), ...ratios];
  });
  const float = together(layers, (speed) => speed.float);
  const ratios = [0, 1, 2, 3].map((index) => (together(layers, (speed) => speedsOf(speed)[index]!) / float).toFixed(2));
  return tableLines(heads, [...rows, ["all", "", "", "", float.toFixed(0), ...ratios]], 3).join("\n");
}

function speedsOf({ search }: LayerSpeed): readonly number[] {
  const { "squared-error": squared, cosine } = search;
  return [squared.left, squared.right, cosine.left, cosine.right];
}

/** Operations of all layers over the time they take. */
function together(layers: readonly MeasuredLayer[], speedOf: (speed: LayerSpeed) => number): number {
  const works = layers.map(({ count, speed }) => ({ work: count * speed.batch * speed.rows * speed.depth * speed.columns, pace: speedOf(speed) }));
  return works.reduce((sum, { work }) => sum + work, 0) / works.reduce((sum, { work, pace }) => sum + work / pace, 0);
}
