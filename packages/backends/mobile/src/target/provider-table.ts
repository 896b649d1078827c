/** What the documentation of an execution provider says it runs, row by row with the place where it says so. */
import type { OperatorSupport } from "@halftone/core";

export type MobileTargetName = "mobile-xnnpack" | "mobile-nnapi" | "mobile-coreml" | "mobile-qnn";

/** A row without a source is hearsay. */
export interface Cited {
  /** Document and section. */
  readonly source: string;
}

/** What must hold for the provider to take a node. */
export type Need =
  | { readonly kind: "rank"; readonly ranks: readonly number[] }
  /** Initializers; inside a Q/DQ group, initializers that a DequantizeLinear reads. */
  | { readonly kind: "constant"; readonly inputs: readonly number[] }
  | { readonly kind: "attribute"; readonly name: string; readonly values: readonly (string | number)[]; readonly otherwise: string | number }
  | { readonly kind: "last-axis" };

export interface ProviderOperator extends Cited {
  /** Whether it runs outside of a Q/DQ group. */
  readonly float: boolean;
  /** Set where it runs as a Q/DQ group, and with which types. */
  readonly integer?: OperatorSupport & Cited;
  readonly needs?: readonly Need[];
}

/** An operator that disappears into the one before it. */
export interface Fusion extends Cited {
  readonly first: readonly string[];
  readonly next: readonly string[];
  readonly form: "float" | "integer";
}

export interface ProviderTable {
  readonly target: MobileTargetName;
  readonly provider: string;
  /** Runtime and version. */
  readonly runtime: string;
  /** Which dimensions must be numbers. */
  readonly shapes: Cited & { readonly known: "all" | "all-but-batch" };
  readonly operators: Readonly<Record<string, ProviderOperator>>;
  readonly fusions: readonly Fusion[];
  /** What runs the rest, and which of it on integers. */
  readonly fallback: Cited & { readonly to: string; readonly operators: Readonly<Record<string, OperatorSupport & Cited>> };
}

/** The version whose documentation the tables were read from, and its newest package for React Native. */
export const mobileRuntime = "onnxruntime-react-native 1.24.3";
