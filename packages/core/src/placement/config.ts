import { boolean, type Check, fields, integer, listOf, oneOf, text } from "../spec/check.ts";
import type { QuantConfig, QuantConfigInput, Target, TensorConfig } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

/** The user's wishes on top of the target's defaults. @throws `invalid-config` naming the field. */
export function resolveConfig(input: QuantConfigInput | undefined, target: Target): QuantConfig {
  const found = checkConfig(input ?? {}, "");
  if (found) {
    const field = found.field || "(root)";
    throw new QuantError("invalid-config", `Configuration field ${field}: ${found.problem}.`, { details: { field } });
  }
  const overrides = input?.overrides ?? [];
  overrides.forEach((override, index) => void patternOf(override.match, `overrides.${index}.match`));
  const config = {
    scope: input?.scope ?? "partial",
    outliers: input?.outliers ?? "apart",
    activations: merge(target.defaults.activations, input?.activations),
    weights: merge(target.defaults.weights, input?.weights),
    overrides,
  };
  checkTensorConfig(config.activations, "activations");
  checkTensorConfig(config.weights, "weights");
  if (config.activations.granularity !== "tensor") {
    throw new QuantError(
      "invalid-config",
      "Configuration field activations.granularity: no runtime computes on activations quantized per channel; use tensor.",
      {
        details: { field: "activations.granularity" },
      },
    );
  }
  return config;
}

/** The configuration of one tensor: overrides that match any of the names apply in order, later ones win. */
export function configOf(config: QuantConfig, kind: "activations" | "weights", names: readonly string[]): TensorConfig {
  return matching(config, names).reduce((merged, override) => merge(merged, override[kind]), config[kind]);
}

export function isExcluded(config: QuantConfig, name: string): boolean {
  return matching(config, [name]).reduce((excluded, override) => override.float ?? excluded, false);
}

function matching(config: QuantConfig, names: readonly string[]) {
  return config.overrides.filter((override) => names.some((name) => patternOf(override.match, "overrides.match").test(name)));
}

function patternOf(source: string, field: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, "u");
  } catch (cause) {
    throw new QuantError("invalid-config", `Configuration field ${field}: "${source}" is not a regular expression.`, { details: { field }, cause });
  }
}

/** A new container brings its own width; a width alone keeps the container. */
function merge(base: TensorConfig, change: Partial<TensorConfig> | undefined): TensorConfig {
  const merged = { ...base, ...change };
  return change?.dtype !== undefined && change.bits === undefined
    ? { ...merged, bits: Math.min(base.bits === widthOf(base) ? 16 : base.bits, widthOf(merged)) }
    : merged;
}

function widthOf(config: TensorConfig): number {
  return Number(config.dtype.replace(/^u?int/, ""));
}

const checkConfig: Check = (value, field) => {
  const tensor = fields({
    dtype: oneOf("int4", "uint4", "int8", "uint8", "int16", "uint16"),
    bits: integer(2, 16),
    scheme: oneOf("asymmetric", "symmetric", "symmetric-uint8", "power-of-two"),
    granularity: oneOf("tensor", "channel", "block"),
    blockSize: integer(2),
  });
  const override = fields({ match: text, float: boolean, activations: tensor, weights: tensor }, ["match"]);
  return fields({
    scope: oneOf("partial", "full"),
    outliers: oneOf("apart", "together"),
    activations: tensor,
    weights: tensor,
    overrides: listOf(override),
  })(value, field);
};

function checkTensorConfig(config: TensorConfig, field: string): void {
  if (config.bits > widthOf(config)) {
    throw new QuantError("invalid-config", `Configuration field ${field}.bits: a ${config.bits}-bit grid does not fit into ${config.dtype}.`, {
      details: { field: `${field}.bits` },
    });
  }
  if (config.granularity === "block" && config.blockSize === undefined) {
    throw new QuantError("invalid-config", `Configuration field ${field}.blockSize: granularity "block" needs the number of elements per block.`, {
      details: { field: `${field}.blockSize` },
    });
  }
}
