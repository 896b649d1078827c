import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGraph } from "../ir/index.ts";
import { QuantError } from "../spec/index.ts";
import { anyModelBytes } from "./fixtures/any-model.ts";
import { runs } from "./fixtures/runs.ts";
import { smallModel } from "./fixtures/small-model.ts";
import { readModel, writeModel } from "./index.ts";

const read = (model: Uint8Array) => readModel({ model });
const refusal = (message: RegExp) => expect.objectContaining({ name: "QuantError", code: "invalid-model", message: expect.stringMatching(message) });
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Reads what can be read; anything but a coded refusal is a bug, and what was read must be sound. */
function readOrRefuse(bytes: Uint8Array): "read" | "refused" {
  try {
    const model = read(bytes);
    checkGraph(model.graph);
    checkGraph(readModel(writeModel(model)).graph);
    return "read";
  } catch (error) {
    if (!QuantError.is(error) || error.code === "internal") throw error;
    return "refused";
  }
}

describe("other kinds of files", () => {
  const files: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["nothing", new Uint8Array(0), /\(0 bytes\) is empty: check that it was written or downloaded completely/],
    ["a Git LFS pointer", text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"), /Git LFS pointer: run `git lfs pull`/],
    ["a web page", text("<!DOCTYPE html><html><body>Not found</body></html>"), /web page: download the file itself/],
    ["a web page without a doctype", text("<html><body>Not found</body></html>"), /web page/],
    ["a PNG image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), /PNG image: pass the \.onnx file/],
    ["a JPEG image", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), /JPEG image/],
    ["a PyTorch file", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8), /ZIP archive.*PyTorch/],
    ["a gzip archive", Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip archive: unpack it/],
    ["a GGUF model", text("GGUF\u0003\u0000\u0000\u0000"), /GGUF model: export it to ONNX first/],
    ["a TensorFlow Lite model", Uint8Array.of(0x1c, 0, 0, 0, ...text("TFL3"), 0x14, 0), /TensorFlow Lite model/],
    ["an ORT model", Uint8Array.of(0x28, 0, 0, 0, ...text("ORTM"), 0, 0), /ORT format: pass the \.onnx file it was made from/],
    ["text", text("a plain text file, as a failed download leaves it\n"), /text file: pass the \.onnx file/],
    ["zeros", new Uint8Array(1000), /damaged: the model holds a field without a number at byte 0/],
    ["another protobuf message", Uint8Array.of(0x0a, 2, 0x68, 0x69), /damaged|no ONNX graph/],
    ["a model without a graph", Uint8Array.of(0x08, 8), /holds no ONNX graph: it is cut off, or another kind of file/],
  ];
  it.each(files)("%s", (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(refusal(message));
  });
});

describe("a model that is cut off", () => {
  it("is refused wherever the cut is, unless nothing but properties behind the graph is lost", () => {
    const bytes = smallModel();
    const whole = read(bytes);
    const readable = Array.from(bytes, (_, length) => length).filter((length) => {
      try {
        read(bytes.subarray(0, length));
        return true;
      } catch (error) {
        expect(error).toEqual(refusal(/./));
        return false;
      }
    });
    // The properties are the last field: one cut, before it, leaves a complete message.
    expect(readable).toHaveLength(1);
    const shorter = read(bytes.subarray(0, readable[0]));
    expect([shorter.metadata.size, shorter.graph.nodes.length]).toEqual([0, whole.graph.nodes.length]);
  });

  it("says where it ends", () => {
    const bytes = smallModel();
    expect(() => read(bytes.subarray(0, bytes.length - 100))).toThrow(
      refusal(/The model is cut off: .*graph.* needs \d+ bytes and the file has \d+\. Fetch or export it again\./),
    );
  });
});

describe("damaged bytes", () => {
  it("are read or refused, never anything else: some bytes changed", () => {
    const bytes = smallModel();
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }));
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = bytes.slice();
        for (const [position, byte] of changes) damaged[position] = byte;
        outcomes[readOrRefuse(damaged)] += 1;
      }),
      { numRuns: runs(500) },
    );
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it("are read or refused, never anything else: a bit in every byte", () => {
    const bytes = smallModel();
    const step = runs(1) > 1 ? 1 : 9; // 9: in each byte the next bit
    for (let bit = 0; bit < bytes.length * 8; bit += step) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      readOrRefuse(damaged);
    }
  });

  it("are read or refused, never anything else: pieces cut out and put in", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const bytes = anyModelBytes(g);
        const at = g(() => fc.nat({ max: bytes.length }));
        const piece = g(() => fc.uint8Array({ maxLength: 12 }));
        const gone = g(() => fc.nat({ max: 12 }));
        readOrRefuse(Uint8Array.of(...bytes.subarray(0, at), ...piece, ...bytes.subarray(at + gone)));
      }),
      { numRuns: runs(20), endOnFailure: true },
    );
  });

  it("are refused when they are random", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => read(bytes)).toThrow(expect.objectContaining({ name: "QuantError" }));
      }),
      { numRuns: runs(500) },
    );
  });
});
