import { QuantError } from "@halftone/core";

export interface RepqVitOptions {
  /**
   * Grid of the attention weights that the mix of values reads. `log-sqrt2` as in the paper: emulated, for no runtime has a kernel for it.
   * `uniform` stays on integer kernels. Default `log-sqrt2`.
   */
  readonly softmax?: "log-sqrt2" | "uniform";
  /** Whether inputs of linear layers behind a normalization are calibrated per channel and reparameterized. Default true. */
  readonly reparameterization?: boolean;
  /**
   * What happens to an asymmetric range that lies on one side of zero, whose zero point no code can hold. `include-zero` extends it to zero;
   * `clamp` moves the zero point to the nearest code, and values beyond saturate: what the published numbers of this method as a baseline
   * show on hybrid networks. Default `include-zero`.
   */
  readonly zeroPointGuard?: "include-zero" | "clamp";
  /** Layers that read one tensor are a group; so many groups are calibrated per pass over the data, all behind the same quantized part. Default 2. */
  readonly groupsPerPass?: number;
  /** Rows per layer that calibration looks at, over all samples, at most. Default 8192. */
  readonly positions?: number;
}

export type Settings = Required<RepqVitOptions>;

/** @throws `invalid-config` naming the option. */
export function settingsOf(options: RepqVitOptions): Settings {
  const { softmax = "log-sqrt2", reparameterization = true, zeroPointGuard = "include-zero", groupsPerPass = 2, positions = 8192 } = options;
  check("softmax", ["log-sqrt2", "uniform"].includes(softmax), `"${softmax}" is not log-sqrt2 or uniform`);
  check("reparameterization", typeof reparameterization === "boolean", `"${reparameterization}" is not true or false`);
  check("zeroPointGuard", ["include-zero", "clamp"].includes(zeroPointGuard), `"${zeroPointGuard}" is not include-zero or clamp`);
  check("groupsPerPass", isCount(groupsPerPass), `${groupsPerPass} is not a whole number from 1`);
  check("positions", isCount(positions), `${positions} is not a whole number from 1`);
  return { softmax, reparameterization, zeroPointGuard, groupsPerPass, positions };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw new QuantError("invalid-config", `Option "${field}" of repq-vit is not valid: ${problem}.`, { details: { field } });
}
