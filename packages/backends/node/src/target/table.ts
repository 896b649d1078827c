import type { OperatorSupport } from "@halftone/core";

/** What a probe found out about one runtime on one kind of CPU. */
export interface ProbedTable {
  /** Name and version of the runtime. */
  readonly runtime: string;
  readonly cpu: string;
  /** Operators with an integer kernel. */
  readonly operators: Readonly<Record<string, OperatorSupport>>;
  /** Operators that were probed and stay in float whatever the types. */
  readonly float: readonly string[];
}
