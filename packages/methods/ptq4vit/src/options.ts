import { QuantError } from "@halftone/core";

export interface Ptq4VitOptions {
  /**
   * What the error of a layer is. Default `hessian`.
   *
   * - `hessian`: squared errors of its output, each weighted by the squared gradient of the network's loss (the paper's metric).
   * - `squared-error`: the same, all weighted alike.
   * - `cosine`: 1 - cosine of its output and the float network's (the paper's baseline).
   */
  readonly metric?: "hessian" | "squared-error" | "cosine";
  /** Which tensors get two grids: scores behind a Softmax, and what an activation with a negative minimum answers. Default: both. */
  readonly twin?: { readonly softmax?: boolean; readonly activation?: boolean };
  /** Whether a convolution may read two grids. No runtime has an integer kernel for that: such a convolution is emulated. Default false. */
  readonly twinConvolutions?: boolean;
  /**
   * `configured` gives a weight the scales that its configuration asks for. `paper` makes output channels share one: a linear layer has one scale,
   * and one each for query, key and value where they are one layer; convolutions keep one per channel. Weights that are configured with one
   * scale per tensor, or per block, stay as they are. Default `configured`.
   */
  readonly weightGranularity?: "configured" | "paper";
  /** Steps tried per search, besides the one it starts from. Default 100. */
  readonly candidates?: number;
  /** How often the two sides of a product take turns, at most. Default 3. */
  readonly rounds?: number;
  /**
   * `released-code` does what the authors' repository does where it differs from the paper and a plan can say it: the minimum of GELU
   * bounds every activation, and the second operand is float while the grids of the scores are searched.
   */
  readonly compat?: "released-code";
}

/** The options, complete. JSON: what a finished search step depends on. */
export interface Settings {
  readonly metric: "hessian" | "squared-error" | "cosine";
  readonly twinSoftmax: boolean;
  readonly twinActivation: boolean;
  readonly twinConvolutions: boolean;
  readonly paperGranularity: boolean;
  readonly candidates: number;
  readonly rounds: number;
  readonly released: boolean;
}

/** @throws `invalid-config` naming the option. */
export function settingsOf(options: Ptq4VitOptions): Settings {
  const { metric = "hessian", twin = {}, twinConvolutions = false, weightGranularity = "configured", candidates = 100, rounds = 3, compat } = options;
  checkChoice("metric", metric, ["hessian", "squared-error", "cosine"]);
  check("twin", typeof twin === "object" && twin !== null, `${JSON.stringify(twin)} is not an object`);
  const { softmax = true, activation = true, ...unknown } = twin;
  checkFlag("twin.softmax", softmax);
  checkFlag("twin.activation", activation);
  check("twin", Object.keys(unknown).length === 0, `it has no member "${Object.keys(unknown)[0]}"`);
  checkFlag("twinConvolutions", twinConvolutions);
  checkChoice("weightGranularity", weightGranularity, ["configured", "paper"]);
  checkCount("candidates", candidates);
  checkCount("rounds", rounds);
  if (compat !== undefined) checkChoice("compat", compat, ["released-code"]);
  return {
    metric,
    twinSoftmax: softmax,
    twinActivation: activation,
    twinConvolutions,
    paperGranularity: weightGranularity === "paper",
    candidates,
    rounds,
    released: compat === "released-code",
  };
}

function checkChoice(field: string, value: string, choices: readonly string[]): void {
  check(field, choices.includes(value), `"${value}" is not ${choices.join(", ")}`);
}

function checkFlag(field: string, value: boolean): void {
  check(field, typeof value === "boolean", `${JSON.stringify(value)} is not true or false`);
}

function checkCount(field: string, value: number): void {
  check(field, Number.isInteger(value) && value >= 1, `${value} is not a whole number from 1`);
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw new QuantError("invalid-config", `Option "${field}" of ptq4vit is not valid: ${problem}.`, { details: { field } });
}
