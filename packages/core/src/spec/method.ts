import type { Observation, Statistics } from "./calibration.ts";
import type { QuantEvent } from "./event.ts";
import type { GraphView } from "./graph.ts";
import type { Placement } from "./placement.ts";
import type { AffineEncoding, OperandPlan } from "./plan.ts";
import type { SearchRuntime } from "./runtime.ts";
import type { Structure } from "./structure.ts";
import type { Target } from "./target.ts";

/** What a method knows before the data is run. */
export interface MethodContext {
  /** The normalized graph. */
  readonly graph: GraphView;
  /** The tensors to find encodings for, each with its configuration. */
  readonly placement: Placement;
  /** What the network is made of. */
  readonly structure: Structure;
  readonly target: Target;
  /** Uniform in [0, 1), seeded: the only source of randomness a method may use. */
  readonly random: () => number;
  readonly emit: (event: QuantEvent) => void;
  readonly signal?: AbortSignal;
}

/** What a method knows afterwards. */
export interface PlanContext extends MethodContext {
  readonly statistics: Statistics;
  /** Runs parts of the network on the calibration data. */
  readonly runtime: SearchRuntime;
  /** Tells how far the search is; the time left follows from it. */
  readonly progress: (done: number, total: number) => void;
  /**
   * What `make` answers, or what it answered in an earlier run that was interrupted: a finished step is not searched again. Keys are the
   * method's own; model, data, configuration, method name and seed are told apart already. The answer must survive
   * `JSON.parse(JSON.stringify(answer))`.
   */
  readonly recall: <Value>(key: string, make: () => Promise<Value>) => Promise<Value>;
}

/** What a method answers: an encoding or a reason for every tensor of every site. */
export interface MethodPlan {
  readonly encodings: Readonly<Record<string, AffineEncoding>>;
  /** By tensor: how products read it; may be left out where the operand site shares the stored grid. */
  readonly operands?: Readonly<Record<string, OperandPlan>>;
  /** By initializer: codes that are not the nearest ones, as in a plan. */
  readonly codes?: Readonly<Record<string, string>>;
  /** Tensors it gave up on, with the reason; nodes that depend on them stay float. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly notes?: readonly string[];
}

/** A quantization method: says what it wants to see, then turns what was seen into encodings. */
export interface QuantMethod {
  readonly name: string;
  /** Called once, before the data is run. Must be free of side effects. */
  observe(context: MethodContext): readonly Observation<unknown>[];
  /** Called once, after the data was run. */
  plan(context: PlanContext): Promise<MethodPlan>;
}
