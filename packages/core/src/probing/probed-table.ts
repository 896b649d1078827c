import type { OperatorSupport } from "../spec/index.ts";

/** What a probe found out about one runtime on one kind of machine. */
export interface ProbedTable {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /** The kind of machine, in one word: `vnni`, `wasm`. */
  readonly machine: string;
  /** Operators with an integer kernel. */
  readonly operators: Readonly<Record<string, OperatorSupport>>;
  /** Operators that were probed and stay in float whatever the types. */
  readonly float: readonly string[];
}
