import { expect, test } from "vitest";
import { emptyUpload, withFiles } from "./upload.ts";

const file = (name: string, type = ""): File => new File(["x"], name, { type });

test("sorts files by what they are", () => {
  const upload = withFiles(emptyUpload, [
    file("net.onnx"),
    file("a.png", "image/png"),
    file("net.onnx.data"),
    file("b.jpg", "image/jpeg"),
    file("names.txt", "text/plain"),
  ]);
  expect(upload.model?.name).toBe("net.onnx");
  expect(upload.pictures.map(({ name }) => name)).toEqual(["a.png", "b.jpg"]);
  expect(upload.sideFiles.map(({ name }) => name)).toEqual(["net.onnx.data"]);
  expect(upload.labels?.name).toBe("names.txt");
});

test("another model takes the first one's place, and its side files go", () => {
  const first = withFiles(emptyUpload, [file("a.data"), file("a.onnx"), file("x.png", "image/png")]);
  expect(first.sideFiles).toHaveLength(1);
  const second = withFiles(first, [file("b.onnx")]);
  expect([second.model?.name, second.sideFiles.length, second.pictures.length]).toEqual(["b.onnx", 0, 1]);
});
