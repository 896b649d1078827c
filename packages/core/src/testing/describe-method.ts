import { describe, expect, test } from "vitest";
import { createCalibrator } from "../calibrate/index.ts";
import { createContexts } from "../contexts.ts";
import { codeRange } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { place, resolveConfig } from "../placement/index.ts";
import { quantize } from "../quantizer.ts";
import type {
  AffineEncoding,
  Backend,
  CalibrationSource,
  Encoding,
  MethodContext,
  MethodPlan,
  OperandPlan,
  Placement,
  QuantConfigInput,
  QuantMethod,
  Target,
  TensorConfig,
  Tensors,
} from "../spec/index.ts";
import { type MethodCase, methodCases } from "./method-models.ts";

export interface DescribeMethodOptions {
  /** Runs the models. */
  readonly backend: Backend;
  readonly target: Target;
  /** Configurations to try besides the target's defaults. Default: symmetric int8, 4-bit weights, powers of two. */
  readonly configs?: Readonly<Record<string, QuantConfigInput>>;
  /** What 8 bits must keep of the outputs; less where a method's own grids are coarser than uniform ones. Default 20. */
  readonly leastSqnrDb?: number;
}

const configurations: Readonly<Record<string, QuantConfigInput>> = {
  "symmetric int8": { activations: { dtype: "int8", scheme: "symmetric" }, weights: { dtype: "int8", scheme: "symmetric", granularity: "tensor" } },
  "4-bit weights": { weights: { bits: 4 } },
  "powers of two": { activations: { dtype: "int8", scheme: "power-of-two" }, weights: { dtype: "int8", scheme: "power-of-two" } },
};

/** What every `QuantMethod` must do. Call it at the top level of a test file; needs vitest. */
export function describeMethod(name: string, create: () => QuantMethod, options: DescribeMethodOptions): void {
  const configs: Readonly<Record<string, QuantConfigInput>> = { "the target's defaults": {}, ...(options.configs ?? configurations) };
  describe(`method ${name}`, () => {
    for (const methodCase of methodCases) {
      for (const [label, config] of Object.entries(configs)) {
        test(`answers for every tensor, with legal encodings: ${methodCase.name}, ${label}`, async () => {
          const { context, plan } = await planOf(create(), methodCase, config, options);
          const { placement } = context;
          const asked = [...placement.activations.flatMap((site) => site.tensors), ...placement.weights.map((site) => site.tensor)];
          const answered = [...Object.keys(plan.encodings), ...Object.keys(plan.skipped)];
          expect([...answered].sort()).toEqual([...asked].sort());
          for (const reason of Object.values(plan.skipped)) expect(reason).not.toBe("");
          for (const site of placement.activations) checkActivations(site.tensors, site.config, plan);
          for (const site of placement.operands) checkOperand(site, plan);
          for (const site of placement.weights) checkWeight(site, context, plan);
          expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
        });
      }
    }

    test("equal seeds give equal plans, and observing has no side effects", async () => {
      const method = create();
      const [first, again] = [await planOf(method, methodCases[0]!, {}, options), await planOf(method, methodCases[0]!, {}, options)];
      expect(again.plan).toEqual(first.plan);
      const keys = () => method.observe(first.context).map((observation) => observation.key);
      expect(keys()).toEqual(keys());
      for (const { tensor } of method.observe(first.context)) expect(first.context.graph.value(tensor), tensor).toBeDefined();
    });

    for (const methodCase of methodCases.slice(0, 2)) {
      test(`8 bits keep the outputs: ${methodCase.name}`, async () => {
        const { backend, target, leastSqnrDb = 20 } = options;
        const source = sourceOf(methodCase.feeds);
        const { report } = await quantize({ model: writeModel(methodCase.model()), source, method: create(), backend, target });
        // A signal on an 8-bit grid of its own range has about 40 dB; several layers and clipping take their share.
        for (const distance of Object.values(report.outputs)) expect(distance.sqnrDb).toBeGreaterThan(leastSqnrDb);
        expect(report.nodes.quantized).toBeGreaterThan(2);
      });
    }
  });
}

async function planOf(
  method: QuantMethod,
  { model: build, feeds }: MethodCase,
  input: QuantConfigInput,
  { target, backend }: DescribeMethodOptions,
): Promise<{ readonly context: MethodContext; readonly plan: MethodPlan }> {
  const model = build();
  const config = resolveConfig(input, target);
  const placement = place(model.graph, new Map(), target, config);
  const source = sourceOf(feeds);
  const normalization = { units: new Map<string, string>(), observedShapes: new Map<string, readonly number[]>() };
  const contexts = createContexts({ model, normalization, placement, target, backend, source, identity: null, emit: () => {} });
  try {
    const context = contexts.forMethod();
    const statistics = await createCalibrator().collect(writeModel(model), source, method.observe(context), backend);
    return { context, plan: await method.plan(contexts.forPlan(method.name, statistics, () => {})) };
  } finally {
    await contexts.dispose();
  }
}

function sourceOf(feeds: readonly Tensors[]): CalibrationSource {
  return {
    id: "suite",
    batches: feeds.length,
    async *[Symbol.asyncIterator]() {
      yield* feeds;
    },
  };
}

function checkActivations(tensors: readonly string[], config: TensorConfig, plan: MethodPlan): void {
  const encodings = tensors.flatMap((tensor) => plan.encodings[tensor] ?? []);
  for (const encoding of encodings) {
    expect(encoding, "tensors of one site share one encoding").toEqual(encodings[0]);
    checkEncoding(encoding, { ...config, scheme: schemeOf(encoding, config) });
  }
}

/** How products read a tensor: a method may choose another scheme or another kind of grid than was asked for, but no other width. */
function checkOperand(site: Placement["operands"][number], plan: MethodPlan): void {
  const operand: OperandPlan | undefined = plan.operands?.[site.tensor];
  if (!site.sharesGrid && !plan.skipped[site.tensor]) expect(operand, `${site.tensor} has a grid of its own`).toBeDefined();
  if (!operand) return;
  checkAnyEncoding(operand.encoding, site.config);
  for (const scale of operand.rescaling?.scale ?? []) expect(scale > 0 && Number.isFinite(scale), `rescaling by ${scale}`).toBe(true);
}

function checkAnyEncoding(encoding: Encoding, config: TensorConfig): void {
  switch (encoding.kind) {
    case "affine":
      checkEncoding(encoding, { ...config, scheme: schemeOf(encoding, config) });
      break;
    case "twin":
      for (const branch of [encoding.low, encoding.high]) {
        expect(branch.scale).toHaveLength(1);
        expect(codeRange(branch).max - codeRange(branch).min).toBeLessThan(2 ** config.bits);
      }
      break;
    case "log":
      expect(encoding.bits).toBeLessThanOrEqual(config.bits);
      expect(encoding.scale).toBeGreaterThan(0);
      break;
    default:
      encoding satisfies never;
  }
}

/** What the grid itself shows of its scheme, unless powers of two were asked for. */
function schemeOf({ zeroPoint }: AffineEncoding, { scheme }: TensorConfig): TensorConfig["scheme"] {
  return scheme === "power-of-two" || zeroPoint.every((code) => code === 0) ? scheme : "asymmetric";
}

function checkWeight(site: Placement["weights"][number], { graph }: MethodContext, plan: MethodPlan): void {
  const encoding = plan.encodings[site.tensor];
  if (!encoding) return;
  checkEncoding(encoding, site.config);
  if (site.config.granularity === "block") return;
  const channels = graph.value(site.tensor)!.constant!.shape[site.channelAxis]!;
  expect(encoding.axis).toBe(site.config.granularity === "channel" ? site.channelAxis : undefined);
  expect(encoding.scale).toHaveLength(site.config.granularity === "channel" ? channels : 1);
}

function checkEncoding(encoding: AffineEncoding, config: TensorConfig): void {
  const { min, max } = codeRange(encoding);
  expect(encoding.dtype).toBe(config.dtype);
  expect(codeRange(encoding)).toEqual(codeRange(config));
  expect(encoding.zeroPoint).toHaveLength(encoding.scale.length);
  for (const scale of encoding.scale) {
    expect(scale).toBeGreaterThan(0);
    expect(Number.isFinite(scale) && Math.fround(scale) === scale, `${scale} is a float32`).toBe(true);
    if (config.scheme === "power-of-two") expect(Number.isInteger(Math.log2(scale)), `${scale} is a power of two`).toBe(true);
  }
  for (const zeroPoint of encoding.zeroPoint) {
    expect(Number.isInteger(zeroPoint) && zeroPoint >= min && zeroPoint <= max, `zero point ${zeroPoint}`).toBe(true);
  }
  checkSymmetry(encoding, config);
}

function checkSymmetry({ dtype, zeroPoint }: AffineEncoding, { scheme }: TensorConfig): void {
  if (scheme === "asymmetric" || scheme === "symmetric-uint8" || dtype.startsWith("u")) return;
  expect(new Set(zeroPoint)).toEqual(new Set([0]));
}
