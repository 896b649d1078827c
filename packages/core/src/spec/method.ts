import type { Observation, Statistics } from "./calibration.ts";
import type { QuantEvent } from "./event.ts";
import type { GraphView } from "./graph.ts";
import type { Placement } from "./placement.ts";
import type { Encoding } from "./plan.ts";
import type { Target } from "./target.ts";

/** What a method knows before the data is run. */
export interface MethodContext {
  /** The normalized graph. */
  readonly graph: GraphView;
  /** The tensors to find encodings for, each with its configuration. */
  readonly placement: Placement;
  readonly target: Target;
  /** Uniform in [0, 1), seeded: the only source of randomness a method may use. */
  readonly random: () => number;
  readonly emit: (event: QuantEvent) => void;
  readonly signal?: AbortSignal;
}

/** What a method knows afterwards. */
export interface PlanContext extends MethodContext {
  readonly statistics: Statistics;
}

/** What a method answers: an encoding or a reason for every tensor of every site. */
export interface MethodPlan {
  readonly encodings: Readonly<Record<string, Encoding>>;
  /** Tensors it gave up on, with the reason; nodes that depend on them stay float. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** A quantization method: says what it wants to see, then turns what was seen into encodings. */
export interface QuantMethod {
  readonly name: string;
  /** Called once, before the data is run. Must be free of side effects. */
  observe(context: MethodContext): readonly Observation<unknown>[];
  /** Called once, after the data was run. */
  plan(context: PlanContext): Promise<MethodPlan>;
}
