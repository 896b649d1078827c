"""Quantizes one model with onnxruntime.quantization and tells what it cost.

    ort_quantize.py JOB.json      answers with one line of JSON on standard output

One job is one process, so that the peak of its memory is that of the job. The feeds are one .npy file per sample, the same
that the other side calibrates with.
"""

import importlib
import json
import logging
import resource
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

# The package has a function of the same name.
quantize_module = importlib.import_module("onnxruntime.quantization.quantize")

METHODS = {"max": CalibrationMethod.MinMax, "percentile": CalibrationMethod.Percentile, "entropy": CalibrationMethod.Entropy}

# What somebody who knows the runtime's kernels would choose: weighted operators only, MatMul's sums left in float.
WEIGHTED = ["Conv", "ConvTranspose", "MatMul", "Gemm", "Clip", "Relu"]


class Feeds(CalibrationDataReader):
    """Reads a sample when it is asked for. `set_range` and `__len__` are what CalibStridedMinMax needs."""

    def __init__(self, folder: Path, name: str):
        self.paths = sorted(folder.glob("*.npy"))
        self.name = name
        self.set_range(0, len(self.paths))

    def __len__(self):
        return len(self.paths)

    def set_range(self, start_index: int, end_index: int):
        self.position, self.end = start_index, end_index

    def get_next(self):
        if self.position >= self.end:
            return None
        self.position += 1
        return {self.name: np.load(self.paths[self.position - 1])}


class CalibrationClock:
    """Seconds from the making of the calibrator to its ranges, as quantize_static runs it."""

    def __enter__(self):
        self.seconds = 0.0
        self.original = quantize_module.create_calibrator
        quantize_module.create_calibrator = self.create
        return self

    def __exit__(self, *_):
        quantize_module.create_calibrator = self.original

    def create(self, *arguments, **options):
        start = time.perf_counter()
        calibrator = self.original(*arguments, **options)
        compute = calibrator.compute_data

        def timed():
            ranges = compute()
            self.seconds = time.perf_counter() - start
            return ranges

        calibrator.compute_data = timed
        return calibrator


def float_seconds(model: str, feeds: Feeds) -> float:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    feeds.set_range(0, 1)
    session.run(None, feeds.get_next())
    feeds.set_range(0, len(feeds))
    start = time.perf_counter()
    while (feed := feeds.get_next()) is not None:
        session.run(None, feed)
    return time.perf_counter() - start


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def configuration(job: dict, feeds: Feeds) -> dict:
    method = {"calibrate_method": METHODS[job["calibration"]]}
    if job["variant"] == "as-it-comes":
        return {}
    extra = {}
    if job["calibration"] == "percentile":
        extra["CalibPercentile"] = job["percentile"]
    if job["calibration"] != "max":
        # Without this every activation of every sample is kept until the end; ragged samples fail unless taken one by one.
        extra["CalibStridedMinMax"] = 1 if job["ragged"] else next(size for size in (16, 8, 4, 2, 1) if len(feeds) % size == 0)
    if job["variant"] == "hand-picked":
        extra["OpTypesToExcludeOutputQuantization"] = ["MatMul", "Gemm"]
        method["op_types_to_quantize"] = WEIGHTED
    return {**method, "per_channel": True, "activation_type": QuantType.QUInt8, "weight_type": QuantType.QInt8, "extra_options": extra}


def run(job: dict) -> dict:
    work = Path(job["work"])
    feeds = Feeds(Path(job["feeds"]), job["input"])
    start = time.perf_counter()
    model = job["model"]
    if job["convertTo"] is not None:
        converted = onnx.version_converter.convert_version(onnx.load(model), job["convertTo"])
        model = str(work / "converted.onnx")
        onnx.save(converted, model)
    if job["variant"] != "as-it-comes":
        prepared = str(work / "prepared.onnx")
        quant_pre_process(model, prepared, auto_merge=True)
        model = prepared
    prepare_seconds = time.perf_counter() - start

    before = float_seconds(job["model"], feeds)
    float_peak = peak_bytes()
    feeds.set_range(0, len(feeds))
    with CalibrationClock() as clock:
        start = time.perf_counter()
        quantize_static(model, job["output"], feeds, **configuration(job, feeds))
        seconds = time.perf_counter() - start
    peak = peak_bytes()
    after = float_seconds(job["model"], feeds)
    # A model that its own runtime refuses is no result.
    onnxruntime.InferenceSession(job["output"], providers=["CPUExecutionProvider"])
    return {
        "floatSeconds": (before + after) / 2,
        "calibrationSeconds": clock.seconds,
        "totalSeconds": prepare_seconds + seconds,
        "peakBytes": peak,
        "floatPeakBytes": float_peak,
    }


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    logging.disable(logging.WARNING)
    onnxruntime.set_default_logger_severity(4)
    # The calibrators print their progress to standard output, where the answer goes.
    answer, sys.stdout = sys.stdout, sys.stderr
    try:
        result = run(job)
    except Exception as error:
        # The first sentence, without this machine's folders.
        reason = str(error).strip().splitlines()[0].replace(job["work"], "").split(" In Node")[0]
        result = {"failure": f"{type(error).__name__}: {reason[:160]}"}
    print(json.dumps(result), file=answer)


if __name__ == "__main__":
    main()
