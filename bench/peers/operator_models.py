"""Operator test models for the codec, the opset upgrade and the normalization.

    operator_models.py export FOLDER [MODEL ...]    the onnx package's own tests, generated models in old operator sets, and
                                                    real models, to be read and written only
    operator_models.py check FOLDER                 what the Node side wrote beside them, judged by onnx's own decoder and checker

FOLDER/cases.json lists the cases; each has a model.onnx and, where all its tensors are dense, a tensors.bin with inputs and
expected outputs.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import old_opsets

SEED = 1
# What a plain typed array of the Node side holds; the rest (strings, bfloat16, 8-bit floats, sub-byte) is only read and written.
DENSE = {name: name for name in ("float32", "float64", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool")}


def export(folder: Path, models: list) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cases = [*package_cases(folder), *generated_cases(folder), *real_cases(folder, models)]
    (folder / "cases.json").write_text(json.dumps(cases, indent=1))
    runnable = sum("inputs" in case for case in cases)
    print(f"{len(cases)} models, {runnable} of them with inputs and expected outputs, in {folder}")


def package_cases(folder: Path):
    data = Path(onnx.__file__).parent / "backend" / "test" / "data"
    for source in sorted(data.glob("*/*/model.onnx")):
        suite, name = source.parts[-3:-1]
        target = folder / suite / name
        target.mkdir(parents=True)
        shutil.copy(source, target / "model.onnx")
        model = onnx.load(source)
        case = describe(f"{suite}/{name}", model)
        vectors = source.parent / "test_data_set_0"
        tensors = read_vectors(model, vectors) if vectors.is_dir() else None
        yield {**case, **write_tensors(target, *tensors)} if tensors else case


def generated_cases(folder: Path):
    for case in old_opsets.cases(SEED):
        target = folder / "old" / case.name
        target.mkdir(parents=True)
        session = onnxruntime.InferenceSession(case.model().SerializeToString(), providers=["CPUExecutionProvider"])
        expected = dict(zip(case.outputs, session.run(None, case.inputs)))
        model = case.model(expected)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, target / "model.onnx")
        yield {**describe(f"old/{case.name}", model), **write_tensors(target, case.inputs, expected)}


def real_cases(folder: Path, models: list):
    for source in models:
        name = f"real-model/{source.parent.name}-{source.stem}"
        (folder / name).mkdir(parents=True)
        shutil.copyfile(source, folder / name / "model.onnx")
        yield describe(name, onnx.load(source))


def describe(name: str, model) -> dict:
    opsets = {entry.domain or "": entry.version for entry in model.opset_import}
    return {"name": name, "opset": opsets.get("", opsets.get("ai.onnx", 0)), "operators": sorted({node.op_type for node in model.graph.node})}


def read_vectors(model, folder: Path):
    """Inputs and outputs by name, or None where one of them is no dense tensor."""
    initializers = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in initializers]
    try:
        return read_side(inputs, folder, "input"), read_side(model.graph.output, folder, "output")
    except Unreadable:
        return None


class Unreadable(Exception):
    pass


def read_side(values, folder: Path, kind: str):
    tensors = {}
    for index, value in enumerate(values):
        path = folder / f"{kind}_{index}.pb"
        if not value.type.HasField("tensor_type") or not path.exists():
            raise Unreadable
        tensor = TensorProto()
        tensor.ParseFromString(path.read_bytes())
        name = helper.tensor_dtype_to_string(tensor.data_type).split(".")[-1].lower()
        if {"float": "float32", "double": "float64"}.get(name, name) not in DENSE:
            raise Unreadable
        tensors[value.name] = numpy_helper.to_array(tensor)
    return tensors


def write_tensors(target: Path, inputs: dict, outputs: dict) -> dict:
    offset = 0
    described = {"inputs": [], "outputs": []}
    with open(target / "tensors.bin", "wb") as file:
        for side, tensors in (("inputs", inputs), ("outputs", outputs)):
            for name, value in tensors.items():
                raw = np.ascontiguousarray(value).tobytes()
                described[side].append({"name": name, "dtype": str(value.dtype), "shape": list(value.shape), "offset": offset, "bytes": len(raw)})
                file.write(raw + bytes(-len(raw) % 8))
                offset += len(raw) + -len(raw) % 8
    return described


def check(folder: Path) -> int:
    cases = json.loads((folder / "cases.json").read_text())
    same = checked = absent = 0
    findings = []
    for case in cases:
        target = folder / case["name"]
        original = onnx.load(target / "model.onnx")
        if not (target / "round-trip.onnx").exists():
            absent += 1
            continue
        difference = first_difference(meaning(original), meaning(onnx.load(target / "round-trip.onnx")))
        same += difference is None
        findings += [] if difference is None else [f"{case['name']}: round trip differs: {difference}"]
        # The checker objects to some of the package's own models; those say nothing about ours.
        if (target / "normalized.onnx").exists() and complaint(target / "model.onnx") is None:
            problem = complaint(target / "normalized.onnx")
            checked += 1
            findings += [] if problem is None else [f"{case['name']}: normalized model is invalid: {problem}"]
    print("\n".join(findings))
    print(f"round trip: {same} of {len(cases) - absent} models mean the same, {absent} were not written; onnx.checker accepts {checked - sum('invalid' in each for each in findings)} of {checked} normalized models")
    return 1 if findings else 0


def complaint(path: Path):
    try:
        onnx.checker.check_model(str(path))
        return None
    except Exception as error:
        return str(error).strip().split("\n")[0]


def meaning(message):
    """A message as plain data in which two encodings of the same model are equal."""
    if isinstance(message, TensorProto):
        return meaning_of_tensor(message)
    fields = {}
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            fields[descriptor.name] = list(value) if is_repeated(descriptor) else value
        elif is_repeated(descriptor):
            fields[descriptor.name] = [meaning(each) for each in value]
        else:
            fields[descriptor.name] = meaning(value)
    if isinstance(message, onnx.ModelProto):
        fields["opset_import"] = sorted(({"ai.onnx": ""}.get(entry.domain, entry.domain), entry.version) for entry in message.opset_import)
        fields["metadata_props"] = sorted((entry.key, entry.value) for entry in message.metadata_props)
    if isinstance(message, onnx.GraphProto):
        # Nodes may be written in any order that producers precede consumers; the sets below have no order at all.
        fields["node"] = sorted((meaning(node) for node in message.node), key=lambda node: (node["output"], node.get("op_type")))
        for name in ("initializer", "value_info"):
            fields[name] = sorted(fields.get(name, []), key=lambda each: each["name"])
    if isinstance(message, onnx.NodeProto):
        fields.pop("name", None)
        fields.setdefault("output", [])
        fields["input"] = strip_trailing_empty(fields.get("input", []))
        fields["output"] = strip_trailing_empty(fields["output"])
        fields["attribute"] = sorted(fields.get("attribute", []), key=lambda each: each["name"])
        if fields.get("domain") == "ai.onnx":
            fields["domain"] = ""
        fields.setdefault("domain", "")
    if isinstance(message, onnx.AttributeProto):
        # Files of IR version 1 and 2 leave the type out.
        fields.pop("type", None)
    return fields


def strip_trailing_empty(names):
    names = list(names)
    while names and names[-1] == "":
        names.pop()
    return names


def meaning_of_tensor(tensor):
    fields = {"name": tensor.name, "dims": list(tensor.dims), "data_type": tensor.data_type, "doc_string": tensor.doc_string}
    if tensor.data_type == TensorProto.STRING:
        return {**fields, "strings": list(tensor.string_data)}
    return {**fields, "bytes": numpy_helper.to_array(tensor).tobytes()}


def is_repeated(descriptor):
    return descriptor.is_repeated if hasattr(descriptor, "is_repeated") else descriptor.label == descriptor.LABEL_REPEATED


def first_difference(left, right, path="model"):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            if key not in left or key not in right:
                return f"{path}.{key} is only in the {'original' if key in left else 'copy'}"
            difference = first_difference(left[key], right[key], f"{path}.{key}")
            if difference:
                return difference
        return None
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return next((each for each in (first_difference(a, b, f"{path}[{index}]") for index, (a, b) in enumerate(zip(left, right))) if each), None)
    # A not-a-number equals itself here.
    return None if left == right or (left != left and right != right) else f"{path}: {str(left)[:80]} became {str(right)[:80]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=["export", "check"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", type=Path, nargs="*")
    arguments = parser.parse_args()
    onnxruntime.set_default_logger_severity(4)
    if arguments.command == "check":
        return check(arguments.folder)
    export(arguments.folder, arguments.models)
    return 0


if __name__ == "__main__":
    sys.exit(main())
