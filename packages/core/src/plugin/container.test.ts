import { describe, expect, it } from "vitest";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import type { QuantMethod } from "../spec/index.ts";
import { createRegistry, definePlugin } from "./index.ts";

const method = (name: string): QuantMethod => ({ name, observe: () => [], plan: async () => ({ encodings: {}, skipped: {} }) });
const plugin = definePlugin({
  name: "example",
  methods: { plain: (options) => method(`plain ${options?.percent ?? "default"}`) },
  targets: { bench: async () => fixtureTarget },
});

describe("registry", () => {
  it("makes what a plugin registered, with the options it is given", async () => {
    const registry = createRegistry([plugin]);
    expect(registry.method("plain", { percent: 99 }).name).toBe("plain 99");
    expect(await registry.target("bench")).toBe(fixtureTarget);
    expect(registry.names()).toEqual({ methods: ["plain"], targets: ["bench"], backends: [] });
  });

  it("shares nothing between instances", () => {
    createRegistry([plugin]);
    expect(createRegistry().names().methods).toEqual([]);
  });

  it("names what it knows when asked for what it does not", () => {
    expect(() => createRegistry([plugin]).method("fancy")).toThrowError(
      expect.objectContaining({ code: "unknown-name", message: expect.stringContaining("plain") }),
    );
    expect(() => createRegistry().backend("node")).toThrowError(expect.objectContaining({ code: "unknown-name" }));
  });

  it("refuses a name twice and says whose it is", () => {
    expect(() => createRegistry([plugin, { ...plugin, name: "copy" }])).toThrowError(
      expect.objectContaining({ code: "invalid-config", details: { plugin: "copy", name: "plain" } }),
    );
  });
});
