import { type AffineEncoding, type QuantPlan, quantize, type TwinEncoding, writeModel } from "@halftone/core";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { attention, convolutions, feedsOf, gelu, hardSwish, mlp, relu6, silu } from "./fixtures/models.ts";
import { planOf, readAs, sourceOf, withContext } from "./fixtures/planning.ts";
import { type Ptq4VitOptions, ptq4vit } from "./index.ts";
import { operandCandidates } from "./operand-candidates.ts";
import { settingsOf } from "./options.ts";

/** Few candidates: these tests look at kinds of grids, not at which is best. */
const method = (options: Ptq4VitOptions = {}) => ({ method: ptq4vit({ candidates: 4, metric: "squared-error", ...options }) });
const images = feedsOf([1, 4, 8, 8]);

/** Where the grid below zero ends. */
function minimumOf(made: QuantPlan, tensor: string, bits = 6): number {
  const { low } = readAs(made, tensor) as TwinEncoding;
  return -low.scale[0]! * 2 ** (bits - 1);
}

const outputOf = (made: QuantPlan): string => Object.entries(made.operands ?? {}).find(([, { encoding }]) => encoding.kind === "twin")![0];

describe("behind an activation", () => {
  it.each([
    ["GELU", gelu, -0.16997],
    ["SiLU", silu, -0.27846],
    ["hard swish", hardSwish, -0.375],
  ])("the grid below zero reaches the minimum of %s", async (_, activation, minimum) => {
    const made = await planOf(mlp(activation), feedsOf(), method());
    expect(minimumOf(made, outputOf(made))).toBeCloseTo(minimum, 4);
  });

  it("it reaches GELU's whatever the activation, as in the released code", async () => {
    const made = await planOf(mlp(silu), feedsOf(), method({ compat: "released-code" }));
    expect(minimumOf(made, outputOf(made))).toBeCloseTo(-0.16997124254703522, 8);
  });

  it("is one symmetric grid without twins", async () => {
    const made = await planOf(mlp(), feedsOf(), method({ twin: { activation: false } }));
    for (const { encoding } of Object.values(made.operands!)) expect(encoding).toMatchObject({ kind: "affine", bits: 6, zeroPoint: [32] });
  });

  it("is one grid in front of a convolution, unless two are asked for", async () => {
    const model = () => convolutions({ activation: silu });
    const kinds = async (options: Ptq4VitOptions) =>
      Object.values((await planOf(model(), images, method(options))).operands!).map(({ encoding }) => encoding.kind);
    expect(await kinds({})).not.toContain("twin");
    expect(await kinds({ twinConvolutions: true })).toContain("twin");
  });
});

describe("behind a Softmax", () => {
  it("small scores have a grid of their own", async () => {
    const made = await planOf(attention(), feedsOf(), method());
    const grid = readAs(made, outputOf(made)) as TwinEncoding;
    expect(grid.high).toEqual({ kind: "affine", dtype: "uint8", bits: 5, scale: [Math.fround(1 / 31)], zeroPoint: [0] });
    expect(grid.low).toMatchObject({ bits: 5, scale: [Math.fround(grid.threshold / 31)], zeroPoint: [0] });
    expect(Number.isInteger(Math.log2(grid.threshold))).toBe(true);
  });

  it("there is one symmetric grid without twins", async () => {
    const made = await planOf(attention(), feedsOf(), method({ twin: { softmax: false } }));
    expect(Object.values(made.operands!).map(({ encoding }) => encoding.kind)).not.toContain("twin");
  });
});

describe("a stored tensor", () => {
  const leastFactor = (isShared: boolean): Promise<number> =>
    withContext(
      convolutions({ isShared }),
      images,
      async (context) => {
        const [operand] = context.graph.node("second")!.inputs;
        const scales = operandCandidates(context, settingsOf({}))(operand!.name).plans.map(({ encoding }) => (encoding as AffineEncoding).scale[0]!);
        return Math.min(...scales) / scales[0]!;
      },
      { bits: 8 },
    );

  it("ends where the activation clips that its kernel does, so that the kernel stays an integer one", async () => {
    const { report, plan } = await quantize({
      model: writeModel(convolutions({ activation: relu6 })),
      source: sourceOf(images),
      backend: nodeBackend(),
      target: nodeCpuVnni(),
      ...method({ candidates: 100 }),
    });
    const [, grid] = Object.entries(plan.encodings).find(([, { zeroPoint }]) => zeroPoint.length === 1 && zeroPoint[0] === 0)!;
    expect(255 * grid.scale[0]!).toBeLessThanOrEqual(6 + grid.scale[0]! / 2);
    expect(report.fusion.checked).toBe(true);
    expect(report.fusion.findings).toEqual([]);
  });

  it("is clipped for its products, but by a fifth at most where others read it", async () => {
    expect(await leastFactor(false)).toBeCloseTo(0.01, 6);
    expect(await leastFactor(true)).toBeCloseTo(0.8, 1);
    expect(await leastFactor(true)).toBeGreaterThanOrEqual(0.8);
  });
});
