import type { ErrorCode, QuantError } from "@halftone/core";

const source = "SOURCE is a folder of images (with --preprocess), a folder of .npy or .npz files, or a .jsonl list";

const byCode: Partial<Readonly<Record<ErrorCode, string>>> = {
  "invalid-model": "is this the .onnx file itself? `halftone inspect MODEL` reads a model and nothing else",
  "external-data": "copy the side files along with the model, under the names that it gives",
  "already-quantized": "give the float model that this one was made from",
  "invalid-data": source,
  "empty-calibration": source,
  "nothing-quantized": "`halftone inspect MODEL` lists the reasons; check --exclude, --bits and --target",
  "accuracy-below-tolerance":
    "`halftone sensitivity MODEL --data SOURCE` ranks the layers; then --exclude the worst, try --auto-exclude 20, another --calibration or more --samples",
  "runtimes-disagree": "a target computes differently: quantize for it with --target, and run `halftone verify` again",
  "write-failed": "check space and permissions; files that were there before are unchanged",
  internal: "this is a bug in Halftone: please report it with the command and the model",
};

const byField: Readonly<Record<string, string>> = {
  preprocess: "give --preprocess FILE, such as the card.json beside the model",
};

/** What to do next on the command line; the message itself has said what was wrong and where. */
export function hintFor({ code, details }: QuantError): string | undefined {
  const field = details["field"];
  return (typeof field === "string" ? byField[field] : undefined) ?? byCode[code];
}
