import { describe, expect, it } from "vitest";
import { ints } from "../ir/index.ts";
import { roundHalfEven } from "../numerics/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig, tableTarget } from "../placement/index.ts";
import type { AffineEncoding, LogEncoding, MethodPlan, QuantConfigInput, Target } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { assemblePlan, encodeCodes, formatPlan, parsePlan } from "./index.ts";

const activation: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.5], zeroPoint: [0] };
const weight: AffineEncoding = { kind: "affine", dtype: "int8", scale: [0.25, 0.25, 0.25, 0.25], zeroPoint: [0, 0, 0, 0], axis: 0 };

function chain() {
  return buildModel({ inputs: { x: [1, 4, 8, 8] } }, (b, { x }) => {
    const first = b.op("Conv", [x, b.random([4, 4, 1, 1], "first_w"), b.constant([3e9, 0, 0, 0], [4], "first_b")], {}, "first");
    const second = b.op("Conv", [b.op("Relu", [first], {}, "relu"), b.random([4, 4, 1, 1], "second_w")], {}, "second");
    return { y: b.op("MaxPool", [second], { kernel_shape: ints([2, 2]) }, "pool") };
  });
}

function assemble(methodPlan: MethodPlan, target: Target = fixtureTarget, config?: QuantConfigInput) {
  const { graph } = chain();
  const placement = place(graph, new Map(), target, resolveConfig(config, target));
  return assemblePlan({ graph, placement, methodPlan, target, method: "fixed", model: "0".repeat(64) });
}

function withEncoding(x: object): string {
  return JSON.stringify({ ...assemble(complete), encodings: { x } });
}

function withOperand(x: object): string {
  return JSON.stringify({ ...assemble(complete), operands: { x } });
}

const complete: MethodPlan = { encodings: { x: activation, relu_out: activation, second_out: activation, first_w: weight, second_w: weight }, skipped: {} };

describe("plan", () => {
  it("survives JSON and its own parser", () => {
    const plan = assemble(complete);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(parsePlan(formatPlan(plan))).toEqual(plan);
  });

  it("leaves a node in float whose tensor the method skipped, with the method's reason, and what it absorbed", () => {
    const { first_w: _, ...encodings } = complete.encodings;
    const plan = assemble({ encodings, skipped: { first_w: "all channels are dead" } });
    expect(plan.nodes.first).toEqual({ mode: "float", reason: "first_w: all channels are dead" });
    expect(plan.nodes.relu).toEqual({ mode: "float", reason: "Relu whose producer stays in float" });
    expect(plan.nodes.second).toEqual({ mode: "integer" });
    expect(plan.skipped).toEqual({ first_w: "all channels are dead" });
    expect(plan.encodings.x).toBeUndefined();
  });

  it("calls a type the target has no kernel for emulated, and its own types float where it refuses them", () => {
    const target: Target = { ...fixtureTarget, supports: (node) => (node.name === "second" ? { ok: false, reason: "not today" } : { ok: true }) };
    expect(assemble(complete, target).nodes.second).toEqual({ mode: "float", reason: "not today" });
    const wide = { ...complete, encodings: { ...complete.encodings, second_out: { ...activation, dtype: "uint16" as const } } };
    const narrow: Target = {
      ...fixtureTarget,
      supports: (_, __, encoding) => (encoding.kind === "affine" && encoding.dtype === "uint16" ? { ok: false, reason: "not today" } : { ok: true }),
    };
    expect(assemble(wide, narrow).nodes.second).toEqual({ mode: "emulated", reason: "not today" });
  });

  it("raises the weight scale of the one channel whose bias would not fit", () => {
    const { scale } = assemble(complete).encodings.first_w!;
    expect(scale.slice(1)).toEqual([0.25, 0.25, 0.25]);
    expect(3e9 / (0.5 * scale[0]!)).toBeLessThanOrEqual(2 ** 30);
  });

  it("refuses a plan that quantizes nothing and says why for each node", () => {
    expect(() => assemble({ encodings: {}, skipped: {} })).toThrowError(
      expect.objectContaining({ code: "nothing-quantized", details: { skipped: expect.objectContaining({ first: expect.stringContaining("no encoding") }) } }),
    );
  });

  describe("operands", () => {
    const narrow = { activations: { bits: 6 } };
    const read: AffineEncoding = { ...activation, bits: 6 };
    const log: LogEncoding = { kind: "log", base: "2", bits: 4, scale: 1, rounding: "nearest" };
    const answered: MethodPlan = { ...complete, operands: { relu_out: { encoding: read } } };

    it("leaves a product in float that nobody told how to read its narrow operand", () => {
      expect(assemble(answered, fixtureTarget, narrow).nodes.second).toEqual({ mode: "integer" });
      expect(assemble({ ...complete, skipped: { relu_out: "all over the place" } }, fixtureTarget, narrow).nodes).toMatchObject({
        first: { mode: "integer" },
        second: { mode: "float", reason: "relu_out: all over the place" },
      });
    });

    it("calls a product emulated whose operand has no integer kernel, and keeps what is stored", () => {
      const target = tableTarget(fixtureTarget);
      const plan = assemble({ ...complete, operands: { relu_out: { encoding: log } } }, target);
      expect(plan.nodes).toMatchObject({ first: { mode: "integer" }, second: { mode: "emulated", reason: expect.stringContaining("logarithmic") } });
      expect(plan.operands).toEqual({ relu_out: { encoding: log } });
      expect(plan.encodings.relu_out).toEqual(activation);
      const twin = assemble({ ...complete, operands: { relu_out: { encoding: { kind: "twin", threshold: 1, low: activation, high: activation } } } }, target);
      expect(twin.nodes.second).toMatchObject({ mode: "emulated", reason: expect.stringContaining("two grids") });
      const perChannel = { ...activation, scale: [1, 1, 1, 1], zeroPoint: [0, 0, 0, 0], axis: 1 };
      expect(assemble({ ...complete, operands: { relu_out: { encoding: perChannel } } }, target).nodes.second).toMatchObject({ mode: "emulated" });
    });

    it("stores a tensor on the grid that all its readers ask for, and drops what no product reads", () => {
      const other = { ...activation, scale: [0.25] };
      const plan = assemble({ ...complete, operands: { relu_out: { encoding: other }, x: { encoding: activation }, second_out: { encoding: other } } });
      expect(plan.operands).toBeUndefined();
      expect(plan.encodings).toMatchObject({ relu_out: other, x: activation, second_out: activation });
      expect(assemble({ ...complete, operands: { x: { encoding: other } } }).operands).toEqual({ x: { encoding: other } });
    });

    it("counts a bias in steps of the operand, after its rescaling, and rounds a channel again whose step it enlarges", () => {
      const found = encodeCodes(new Int8Array(16).fill(5));
      const codes = { first_w: found, second_w: found };
      const rescaling = { axis: 1, scale: [1, 1, 1, 1], shift: [0, 4e9, 0, 0] };
      const plan = assemble({ ...complete, operands: { x: { encoding: { ...activation, scale: [0.25] }, rescaling } }, codes });
      const shifted = chain().graph.value("first_w")!.constant!.data as Float32Array;
      plan.encodings.first_w!.scale.forEach((scale, channel) => {
        const bias = (channel === 0 ? 3e9 : 0) + shifted[channel * 4 + 1]! * 4e9;
        expect(Math.abs(bias) / (0.25 * scale)).toBeLessThanOrEqual(2 ** 30 * 1.0001);
      });
      const scales = plan.encodings.first_w!.scale;
      const again = Int8Array.from(shifted, (value, index) => {
        const scale = scales[Math.floor(index / 4)]!;
        return scale === 0.25 ? 5 : roundHalfEven(Math.fround(value / scale));
      });
      expect(again.every((code) => code === 5)).toBe(false);
      expect(plan.codes).toEqual({ first_w: encodeCodes(again), second_w: found });
      expect(plan.notes).toEqual([expect.stringContaining("first_w"), expect.stringContaining("rescaled per channel")]);
    });

    it("says what a second grid of a stored tensor takes", () => {
      const rescaling = { axis: 1, scale: [1, 2, 1, 2] };
      const { notes } = assemble({ ...complete, operands: { relu_out: { encoding: { ...activation, bits: 6 }, rescaling } } }, fixtureTarget, narrow);
      expect(notes).toEqual([expect.stringContaining("products read 1 tensor that integer kernels store"), expect.stringContaining("rescaled per channel")]);
      expect(assemble(complete).notes).toBeUndefined();
    });

    it.each([
      ["a rescaling of other channels", { operands: { x: { encoding: read, rescaling: { axis: 1, scale: [1, 1] } } } }, "operands.x.rescaling"],
      ["too few codes", { codes: { second_w: encodeCodes(new Int8Array(15)) } }, "codes.second_w"],
      ["a code outside of its grid", { codes: { second_w: encodeCodes(new Int8Array(16).fill(40)) }, bits: 6 }, "codes.second_w"],
    ])("refuses %s", (_, { bits, ...change }: Partial<MethodPlan> & { bits?: number }, field) => {
      const encodings = bits === undefined ? complete.encodings : { ...complete.encodings, second_w: { ...weight, bits } };
      expect(() => assemble({ ...complete, encodings, ...change })).toThrowError(
        expect.objectContaining({ code: "invalid-config", details: expect.objectContaining({ field }) }),
      );
    });

    it("survives JSON with everything a plan can hold", () => {
      const plan = {
        ...assemble(complete),
        operands: {
          a: { encoding: read, rescaling: { axis: 1, scale: [1, 2], shift: [0, -1] } },
          b: { encoding: { kind: "twin", threshold: 0.1, low: activation, high: activation } as const },
          c: { encoding: log },
        },
        codes: { first_w: "AAAA" },
        notes: ["an estimate"],
      };
      expect(parsePlan(formatPlan(plan))).toEqual(plan);
    });
  });

  it("takes a tensor for what it is, whatever its name", () => {
    const { graph } = buildModel({ inputs: { x: [1, 4, 8, 8] } }, (b, { x }) => {
      const first = b.op("Conv", [x, b.random([4, 4, 1, 1], "__proto__")], {}, "constructor");
      return { toString: b.op("Conv", [first, b.random([4, 4, 1, 1], "valueOf")], {}, "hasOwnProperty") };
    });
    const placement = place(graph, new Map(), fixtureTarget, resolveConfig({ activations: { bits: 6 } }, fixtureTarget));
    const methodPlan = { encodings: { x: activation, ["__proto__"]: weight }, skipped: {} };
    const assembleAs = (encodings: MethodPlan["encodings"]) =>
      assemblePlan({ graph, placement, methodPlan: { ...methodPlan, encodings }, target: fixtureTarget, method: "", model: "0".repeat(64) });
    expect(() => assembleAs(methodPlan.encodings)).toThrowError(expect.objectContaining({ code: "nothing-quantized" }));
    const plan = assembleAs({ ...methodPlan.encodings, constructor_out: activation });
    expect(plan.nodes).toMatchObject({ constructor: { mode: "integer" }, hasOwnProperty: { mode: "float" } });
    expect(Object.keys(plan.encodings)).toContain("__proto__");
    expect(Object.keys(plan.nodes)).toEqual(["constructor", "hasOwnProperty"]);
  });

  it.each([
    ["not JSON", "{", "(root)"],
    ["a negative scale", JSON.stringify({ ...assemble(complete), encodings: { x: { ...activation, scale: [-1] } } }), "encodings.x.scale.0"],
    ["an unknown key", JSON.stringify({ ...assemble(complete), extra: 1 }), "(root)"],
    ["fewer zero points than scales", withEncoding({ ...weight, zeroPoint: [0] }), "encodings.x.zeroPoint"],
    ["scales without an axis", withEncoding({ ...activation, scale: [1, 1], zeroPoint: [0, 0] }), "encodings.x.scale"],
    ["a zero point that no code is", withEncoding({ ...activation, zeroPoint: [256] }), "encodings.x.zeroPoint"],
    ["a scale that float32 does not hold", withEncoding({ ...activation, scale: [1e300] }), "encodings.x.scale.0"],
    ["a stored twin", withEncoding({ kind: "twin" }), "encodings.x.kind"],
    ["a twin of several scales", withOperand({ encoding: { kind: "twin", threshold: 1, low: activation, high: weight } }), "operands.x.encoding.high.axis"],
    [
      "leading bits of base sqrt2",
      withOperand({ encoding: { kind: "log", base: "sqrt2", bits: 4, scale: 1, rounding: "leading-bit" } }),
      "operands.x.encoding.rounding",
    ],
    ["a shift of other channels", withOperand({ encoding: activation, rescaling: { axis: 1, scale: [1, 1], shift: [0] } }), "operands.x.rescaling.shift"],
    ["codes that are not base64", JSON.stringify({ ...assemble(complete), codes: { x: "?" } }), "codes.x"],
    ["another version", JSON.stringify({ ...assemble(complete), version: 2 }), "version"],
  ])("refuses %s and names the field", (_, text, field) => {
    expect(() => parsePlan(text)).toThrowError(expect.objectContaining({ code: "invalid-config", details: { field } }));
  });
});
