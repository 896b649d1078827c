"""Small models in operator sets 7 to 19, with random inputs: what converters wrote before opset 21.

Each case covers one operator version (or one decomposed pattern) that an upgrade has to rewrite or may leave alone. The
expected outputs come from ONNX Runtime, which still executes the old versions.
"""

from dataclasses import dataclass, field

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

IR_VERSION = {7: 3, 8: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9}


def value_info(name, value):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)


@dataclass
class Case:
    name: str
    opset: int
    nodes: list
    inputs: dict
    constants: dict = field(default_factory=dict)
    outputs: tuple = ("y",)
    def model(self, expected=None) -> ModelProto:
        """Without `expected` the outputs have no types; ONNX Runtime loads that, and what it answers is `expected`."""
        ir_version = IR_VERSION[self.opset]
        feeds = dict(self.inputs)
        # Before IR version 4 an initializer is also a graph input.
        declared = {**feeds, **self.constants} if ir_version < 4 else feeds
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [value_info(name, value) for name, value in declared.items()],
            [helper.make_empty_tensor_value_info(name) if expected is None else value_info(name, expected[name]) for name in self.outputs],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=ir_version, producer_name="old-opsets")


node = helper.make_node


class Samples:
    def __init__(self, seed: int):
        self.random = np.random.default_rng(seed)

    def float(self, *shape, low=-3.0, high=3.0):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def positive(self, *shape):
        return self.float(*shape, low=0.1, high=2.0)


def int64(*values):
    return np.array(values, dtype=np.int64)


def unary(name, opset, op, x, /, **attributes):
    return Case(name, opset, [node(op, ["x"], ["y"], **attributes)], {"x": x})


def clipping(s):
    for opset in (7, 9, 10):
        yield unary(f"clip6-both-opset{opset}", opset, "Clip", s.float(2, 3, 4), min=-1.0, max=2.0)
    yield unary("clip6-min", 7, "Clip", s.float(2, 3, 4), min=0.0)
    yield unary("clip6-max", 7, "Clip", s.float(2, 3, 4), max=0.5)
    yield unary("clip6-neither", 9, "Clip", s.float(2, 3, 4))
    bounds = {"low": np.array(-1, np.float32), "high": np.array(1, np.float32)}
    for opset in (11, 12):
        yield Case(f"clip11-max-only-opset{opset}", opset, [node("Clip", ["x", "", "high"], ["y"])], {"x": s.float(3, 5)}, {"high": bounds["high"]})
    yield Case("clip11-dynamic", 11, [node("Clip", ["x", "low", "high"], ["y"])], {"x": s.float(3, 5), **bounds})


def padding(s):
    for mode in ("constant", "reflect", "edge"):
        extra = {"value": 0.75} if mode == "constant" else {}
        yield unary(f"pad2-{mode}", 7, "Pad", s.float(1, 2, 5, 6), mode=mode, pads=[0, 0, 1, 2, 0, 0, 3, 1], **extra)
    yield unary("pad2-negative", 9, "Pad", s.float(1, 2, 5, 6), pads=[0, 0, -1, 2, 0, 0, 1, -2])
    for opset in (11, 13, 18):
        yield Case(f"pad11-opset{opset}", opset, [node("Pad", ["x", "pads", "value"], ["y"], mode="constant")], {"x": s.float(2, 3, 4)}, {"pads": int64(0, 1, 0, 1, 0, 2), "value": np.float32(1.5)})


def slicing(s):
    x = s.float(3, 6, 7)
    yield unary("slice1-axes", 7, "Slice", x, starts=[1, -3], ends=[3, 2**31 - 1], axes=[0, 2])
    yield unary("slice1-no-axes", 9, "Slice", x, starts=[0, 2], ends=[2, -1])
    yield unary("slice1-negative-axis", 9, "Slice", x, starts=[1], ends=[-1], axes=[2])
    yield Case("slice10-steps", 10, [node("Slice", ["x", "s", "e", "a", "t"], ["y"])], {"x": x}, {"s": int64(5, 0), "e": int64(0, 7), "a": int64(1, 2), "t": int64(-2, 3)})
    yield Case("slice11-dynamic", 11, [node("Slice", ["x", "s", "e"], ["y"])], {"x": x, "s": int64(1), "e": int64(3)})
    yield Case("split2-sizes", 7, [node("Split", ["x"], ["a", "b"], axis=1, split=[2, 4])], {"x": x}, outputs=("a", "b"))
    yield Case("split2-equal", 9, [node("Split", ["x"], ["a", "b", "c"], axis=0)], {"x": x}, outputs=("a", "b", "c"))
    yield Case("split11-negative-axis", 11, [node("Split", ["x"], ["a", "b"], axis=-2)], {"x": x}, outputs=("a", "b"))
    yield Case("split13-equal", 13, [node("Split", ["x"], ["a", "b"], axis=1)], {"x": x}, outputs=("a", "b"))
    yield Case("split13-sizes", 13, [node("Split", ["x", "n"], ["a", "b"], axis=2)], {"x": x}, {"n": int64(3, 4)}, outputs=("a", "b"))
    yield unary("squeeze1-axes", 7, "Squeeze", s.float(1, 3, 1, 2), axes=[2])
    yield unary("squeeze1-all", 9, "Squeeze", s.float(1, 3, 1, 2))
    yield unary("squeeze11-negative", 11, "Squeeze", s.float(1, 3, 1, 2), axes=[-2, 0])
    yield unary("unsqueeze1", 7, "Unsqueeze", s.float(3, 2), axes=[0, 3])
    yield unary("unsqueeze11-negative", 11, "Unsqueeze", s.float(3, 2), axes=[-1])
    yield Case("scatter9", 9, [node("Scatter", ["x", "i", "u"], ["y"], axis=1)], {"x": s.float(2, 5), "i": np.array([[1, 3], [0, 4]]), "u": s.float(2, 2)})
    yield Case("gather1", 7, [node("Gather", ["x", "i"], ["y"], axis=1)], {"x": x, "i": np.array([[0, 2], [5, 1]])})


def softmaxes(s):
    for op in ("Softmax", "LogSoftmax", "Hardmax"):
        yield unary(f"{op.lower()}1-default-axis", 7, op, s.float(2, 3, 4))
        yield unary(f"{op.lower()}1-axis0", 9, op, s.float(2, 3), axis=0)
        yield unary(f"{op.lower()}1-axis2-of-4", 10, op, s.float(2, 3, 2, 4), axis=2)
        yield unary(f"{op.lower()}1-last-axis", 10, op, s.float(2, 3, 4), axis=2)
        yield unary(f"{op.lower()}11-negative", 11, op, s.float(2, 3, 4), axis=-2)
        yield unary(f"{op.lower()}13", 13, op, s.float(2, 3, 4), axis=1)
    yield Case("softmax-behind-unknown-rank", 9, [node("Reshape", ["x", "shape"], ["r"]), node("Softmax", ["r"], ["y"], axis=1)], {"x": s.float(2, 12), "shape": int64(2, 3, 4)})


def resizing(s):
    x = s.float(1, 2, 4, 5)
    for mode in ("nearest", "linear"):
        yield unary(f"upsample7-{mode}", 7, "Upsample", x, mode=mode, scales=[1.0, 1.0, 2.0, 3.0])
        scales = np.array([1, 1, 2, 2], dtype=np.float32)
        yield Case(f"upsample9-{mode}", 9, [node("Upsample", ["x", "s"], ["y"], mode=mode)], {"x": x}, {"s": scales})
        yield Case(f"upsample9-{mode}-dynamic", 9, [node("Upsample", ["x", "s"], ["y"], mode=mode)], {"x": x, "s": scales})
        yield Case(f"resize10-{mode}-up", 10, [node("Resize", ["x", "s"], ["y"], mode=mode)], {"x": x}, {"s": np.array([1, 1, 2, 3], dtype=np.float32)})
        yield Case(f"resize10-{mode}-down", 10, [node("Resize", ["x", "s"], ["y"], mode=mode)], {"x": x}, {"s": np.array([1, 1, 0.5, 0.6], dtype=np.float32)})
        yield Case(f"resize10-{mode}-fraction", 10, [node("Resize", ["x", "s"], ["y"], mode=mode)], {"x": x}, {"s": np.array([1, 1, 1.5, 1.3], dtype=np.float32)})
    empty = np.array([], dtype=np.float32)
    for opset in (11, 13):
        for mode, transform in (("nearest", "asymmetric"), ("linear", "half_pixel"), ("linear", "align_corners"), ("cubic", "pytorch_half_pixel")):
            attributes = {"mode": mode, "coordinate_transformation_mode": transform, **({"nearest_mode": "floor"} if mode == "nearest" else {})}
            yield Case(f"resize{opset}-{mode}-{transform}", opset, [node("Resize", ["x", "roi", "s"], ["y"], **attributes)], {"x": x}, {"roi": empty, "s": np.array([1, 1, 2, 1.6], dtype=np.float32)})
        yield Case(f"resize{opset}-sizes", opset, [node("Resize", ["x", "roi", "none", "n"], ["y"], mode="linear")], {"x": x}, {"roi": empty, "none": empty, "n": int64(1, 2, 7, 3)})
    grid = s.float(1, 3, 3, 2, low=-1.1, high=1.1)
    for mode in ("bilinear", "nearest", "bicubic"):
        yield Case(f"gridsample16-{mode}", 16, [node("GridSample", ["x", "g"], ["y"], mode=mode, align_corners=1)], {"x": x, "g": grid})


def reductions(s):
    for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"):
        x = s.positive(2, 3, 4)
        yield unary(f"{op.lower()}1-axes", 7, op, x, axes=[1, 2], keepdims=1)
        yield unary(f"{op.lower()}1-squeezed", 9, op, x, axes=[0], keepdims=0)
        yield unary(f"{op.lower()}1-all", 10, op, x)
        yield unary(f"{op.lower()}11-negative", 11, op, x, axes=[-1], keepdims=0)
    for op in ("ReduceMean", "ReduceMax", "ReduceL2"):
        yield unary(f"{op.lower()}13", 13, op, s.float(2, 3, 4), axes=[-2])
    yield Case("reducesum13", 13, [node("ReduceSum", ["x", "a"], ["y"], keepdims=0)], {"x": s.float(2, 3, 4)}, {"a": int64(1)})
    for op in ("ArgMax", "ArgMin"):
        yield unary(f"{op.lower()}1", 7, op, s.float(3, 4), axis=1, keepdims=0)
    yield Case("topk1", 7, [node("TopK", ["x"], ["y", "i"], k=2, axis=1)], {"x": s.float(3, 6)}, outputs=("y", "i"))
    yield Case("topk1-both", 9, [node("TopK", ["x"], ["y", "i"], k=3, axis=-1)], {"x": s.float(3, 6)}, outputs=("y", "i"))
    yield Case("topk10", 10, [node("TopK", ["x", "k"], ["y", "i"], axis=0)], {"x": s.float(5, 3)}, {"k": int64(2)}, outputs=("y", "i"))
    yield Case("cumsum11", 11, [node("CumSum", ["x", "a"], ["y"])], {"x": s.float(2, 5)}, {"a": np.int64(1)})


def normalizations(s):
    channel = lambda: {name: value for name, value in zip(("g", "b", "m", "v"), (s.float(3), s.float(3), s.float(3), s.positive(3)))}
    for opset in (7, 9, 14, 15):
        yield Case(f"batchnorm-opset{opset}", opset, [node("BatchNormalization", ["x", "g", "b", "m", "v"], ["y"], epsilon=1e-3)], {"x": s.float(2, 3, 4, 4)}, channel())
    yield Case("batchnorm7-spatial", 7, [node("BatchNormalization", ["x", "g", "b", "m", "v"], ["y"], spatial=1, momentum=0.8)], {"x": s.float(2, 3, 5)}, channel())
    yield Case("batchnorm-behind-conv", 8, [node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]), node("BatchNormalization", ["c", "g", "b", "m", "v"], ["y"])], {"x": s.float(1, 2, 6, 6)}, {"w": s.float(3, 2, 3, 3), **channel()})
    yield Case("batchnorm-behind-gemm", 9, [node("Gemm", ["x", "w", "c"], ["h"], transB=1), node("BatchNormalization", ["h", "g", "b", "m", "v"], ["y"])], {"x": s.float(4, 5)}, {"w": s.float(3, 5), "c": s.float(3), **channel()})
    yield Case("batchnorm-behind-convtranspose", 11, [node("ConvTranspose", ["x", "w"], ["c"], strides=[2, 2]), node("BatchNormalization", ["c", "g", "b", "m", "v"], ["y"])], {"x": s.float(1, 2, 4, 4)}, {"w": s.float(2, 3, 2, 2), **channel()})
    yield Case("instancenorm6", 7, [node("InstanceNormalization", ["x", "g", "b"], ["y"], epsilon=1e-4)], {"x": s.float(2, 3, 4, 5)}, {"g": s.float(3), "b": s.float(3)})
    yield unary("lrn1", 7, "LRN", s.float(1, 6, 3, 3), size=3, alpha=1e-3, beta=0.7, bias=1.5)
    yield unary("lpnorm1", 7, "LpNormalization", s.float(2, 4), axis=1, p=2)
    yield unary("mvn9", 9, "MeanVarianceNormalization", s.float(2, 3, 4, 5), axes=[0, 2, 3])
    group = [
        node("Reshape", ["x", "grouped"], ["r"]),
        node("InstanceNormalization", ["r", "one", "zero"], ["n"], epsilon=1e-5),
        node("Shape", ["x"], ["shape"]),
        node("Reshape", ["n", "shape"], ["f"]),
        node("Mul", ["f", "g"], ["scaled"]),
        node("Add", ["scaled", "b"], ["y"]),
    ]
    for opset in (9, 12):
        constants = {"grouped": int64(0, 2, -1), "one": np.ones(2, np.float32), "zero": np.zeros(2, np.float32), "g": s.float(4, 1, 1), "b": s.float(4, 1, 1)}
        yield Case(f"groupnorm-pattern-opset{opset}", opset, group, {"x": s.float(2, 4, 3, 3)}, constants)
    layer = [
        node("ReduceMean", ["x"], ["mean"], axes=[-1]),
        node("Sub", ["x", "mean"], ["d"]),
        node("Pow", ["d", "two"], ["square"]),
        node("ReduceMean", ["square"], ["variance"], axes=[-1]),
        node("Add", ["variance", "epsilon"], ["v"]),
        node("Sqrt", ["v"], ["deviation"]),
        node("Div", ["d", "deviation"], ["n"]),
        node("Mul", ["n", "g"], ["scaled"]),
        node("Add", ["scaled", "b"], ["y"]),
    ]
    for opset in (9, 11, 12):
        yield Case(f"layernorm-pattern-opset{opset}", opset, layer, {"x": s.float(2, 5, 8)}, {"two": np.float32(2), "epsilon": np.float32(1e-5), "g": s.float(8), "b": s.float(8)})


def convolutions(s):
    x = s.float(1, 4, 7, 8)
    yield Case("conv1-group", 7, [node("Conv", ["x", "w", "b"], ["y"], group=2, strides=[2, 1], pads=[1, 1, 0, 2])], {"x": x}, {"w": s.float(6, 2, 3, 3), "b": s.float(6)})
    yield Case("conv1-same-upper", 9, [node("Conv", ["x", "w"], ["y"], auto_pad="SAME_UPPER", strides=[2, 2])], {"x": x}, {"w": s.float(3, 4, 3, 3)})
    yield Case("convtranspose1", 7, [node("ConvTranspose", ["x", "w", "b"], ["y"], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 0])], {"x": x}, {"w": s.float(4, 3, 3, 3), "b": s.float(3)})
    yield Case("convtranspose1-group", 9, [node("ConvTranspose", ["x", "w"], ["y"], group=2)], {"x": x}, {"w": s.float(4, 2, 2, 2)})
    for opset in (7, 8, 10, 11, 12):
        yield unary(f"maxpool-opset{opset}", opset, "MaxPool", x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1])
    yield Case("maxpool8-indices", 8, [node("MaxPool", ["x"], ["y", "i"], kernel_shape=[2, 2], strides=[2, 2])], {"x": x}, outputs=("y", "i"))
    yield unary("maxpool10-dilated-ceil", 10, "MaxPool", x, kernel_shape=[2, 2], dilations=[2, 2], ceil_mode=1, strides=[2, 2])
    for opset in (7, 10, 11):
        yield unary(f"averagepool-opset{opset}", opset, "AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
    yield unary("averagepool7-exclude-pad", 7, "AveragePool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    yield unary("averagepool10-ceil", 10, "AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    yield unary("lppool2", 7, "LpPool", x, kernel_shape=[2, 2], p=2, strides=[2, 2])
    yield unary("globalaveragepool1", 7, "GlobalAveragePool", x)
    yield unary("globalmaxpool1", 7, "GlobalMaxPool", x)
    rois = np.array([[0, 0, 5, 4], [1, 2, 6, 6]], dtype=np.float32)
    for opset in (10, 16):
        yield Case(f"roialign{opset}", opset, [node("RoiAlign", ["x", "rois", "batch"], ["y"], output_height=2, output_width=3, sampling_ratio=2, spatial_scale=0.9)], {"x": x}, {"rois": rois, "batch": int64(0, 0)})
    yield unary("depthtospace1", 7, "DepthToSpace", s.float(1, 8, 2, 3), blocksize=2)
    yield unary("depthtospace11-crd", 11, "DepthToSpace", s.float(1, 8, 2, 3), blocksize=2, mode="CRD")
    yield unary("spacetodepth1", 7, "SpaceToDepth", s.float(1, 2, 4, 6), blocksize=2)


def products(s):
    for opset in (7, 9, 11):
        yield Case(f"gemm-opset{opset}", opset, [node("Gemm", ["x", "w", "c"], ["y"], alpha=0.5, beta=2.0, transA=1, transB=1)], {"x": s.float(4, 3)}, {"w": s.float(5, 4), "c": s.float(5)})
    yield Case("gemm7-scalar-bias", 7, [node("Gemm", ["x", "w", "c"], ["y"])], {"x": s.float(3, 4)}, {"w": s.float(4, 5), "c": s.float(1)})
    yield Case("gemm11-no-bias", 11, [node("Gemm", ["x", "w"], ["y"])], {"x": s.float(3, 4)}, {"w": s.float(4, 5)})
    for opset in (7, 9):
        yield Case(f"matmul-broadcast-opset{opset}", opset, [node("MatMul", ["x", "w"], ["y"])], {"x": s.float(2, 3, 4)}, {"w": s.float(4, 5)})
    recurrent = {"W": s.float(1, 12, 3, low=-0.5, high=0.5), "R": s.float(1, 12, 3, low=-0.5, high=0.5), "B": s.float(1, 24, low=-0.5, high=0.5)}
    yield Case("lstm7", 7, [node("LSTM", ["x", "W", "R", "B"], ["y", "h"], hidden_size=3)], {"x": s.float(4, 2, 3)}, recurrent, outputs=("y", "h"))
    gru = {"W": s.float(2, 9, 3, low=-0.5, high=0.5), "R": s.float(2, 9, 3, low=-0.5, high=0.5)}
    yield Case("gru7-bidirectional", 7, [node("GRU", ["x", "W", "R"], ["y"], hidden_size=3, direction="bidirectional", linear_before_reset=1)], {"x": s.float(4, 2, 3)}, gru)


def elementwise(s):
    x = s.float(2, 3, 4)
    for op in ("Add", "Sub", "Mul", "Div", "Pow"):
        yield Case(f"{op.lower()}7-broadcast", 7, [node(op, ["x", "b"], ["y"])], {"x": np.abs(x)}, {"b": s.positive(3, 1)})
    for op in ("Sum", "Max", "Min", "Mean"):
        yield Case(f"{op.lower()}8", 8, [node(op, ["x", "b", "c"], ["y"])], {"x": x, "b": s.float(3, 4)}, {"c": s.float(1)})
    for op in ("Less", "Greater", "Equal"):
        yield Case(f"{op.lower()}9", 9 if op != "Equal" else 11, [node(op, ["x", "b"], ["y"])], {"x": x}, {"b": s.float(4)})
    yield Case("where9", 9, [node("Where", ["c", "x", "b"], ["y"])], {"c": s.random.integers(0, 2, (3, 1)).astype(bool), "x": x}, {"b": s.float(1)})
    yield Case("prelu7", 7, [node("PRelu", ["x", "a"], ["y"])], {"x": x}, {"a": s.float(3, 1)})
    for op, attributes in {"Relu": {}, "LeakyRelu": {"alpha": 0.2}, "Elu": {"alpha": 0.7}, "Selu": {}, "HardSigmoid": {"alpha": 1 / 6, "beta": 0.5}, "Softplus": {}, "Softsign": {}, "ThresholdedRelu": {"alpha": 0.4}, "Sigmoid": {}, "Tanh": {}, "Exp": {}, "Abs": {}, "Neg": {}, "Ceil": {}, "Floor": {}, "Identity": {}}.items():
        yield unary(f"{op.lower()}-opset{10 if op == 'ThresholdedRelu' else 7}", 10 if op == "ThresholdedRelu" else 7, op, x, **attributes)
    yield unary("erf9", 9, "Erf", x)
    yield unary("sign9", 9, "Sign", x)
    yield unary("shrink9", 9, "Shrink", x, lambd=0.5, bias=0.1)
    yield unary("dropout7", 7, "Dropout", x, ratio=0.4)
    yield unary("dropout10", 10, "Dropout", x, ratio=0.4)
    yield Case("dropout7-mask", 7, [node("Dropout", ["x"], ["d", "mask"], ratio=0.4), node("Relu", ["d"], ["y"])], {"x": x})
    yield Case("dropout12-ratio-input", 12, [node("Dropout", ["x", "ratio"], ["y"])], {"x": x}, {"ratio": np.float32(0.3)})
    yield unary("cast6-int", 7, "Cast", x, to=TensorProto.INT64)
    yield Case("cast9-round-trip", 9, [node("Cast", ["x"], ["i"], to=TensorProto.INT64), node("Cast", ["i"], ["y"], to=TensorProto.FLOAT)], {"x": x})
    yield Case("mod10", 10, [node("Mod", ["x", "b"], ["y"], fmod=1)], {"x": x}, {"b": s.positive(1)})
    hard_swish = [node("Add", ["x", "three"], ["shifted"]), node("Clip", ["shifted"], ["clipped"], min=0.0, max=6.0), node("Mul", ["x", "clipped"], ["product"]), node("Div", ["product", "six"], ["y"])]
    yield Case("hardswish-pattern-clip6", 9, hard_swish, {"x": x}, {"three": np.float32(3), "six": np.float32(6)})
    yield unary("hardswish14", 14, "HardSwish", x)
    gelu = [node("Div", ["x", "root"], ["a"]), node("Erf", ["a"], ["e"]), node("Add", ["e", "one"], ["p"]), node("Mul", ["x", "p"], ["m"]), node("Mul", ["m", "half"], ["y"])]
    yield Case("gelu-erf-pattern", 9, gelu, {"x": x}, {"root": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)})
    tanh = [
        node("Pow", ["x", "three"], ["cube"]),
        node("Mul", ["cube", "k"], ["kc"]),
        node("Add", ["x", "kc"], ["inner"]),
        node("Mul", ["inner", "root"], ["scaled"]),
        node("Tanh", ["scaled"], ["t"]),
        node("Add", ["t", "one"], ["p"]),
        node("Mul", ["x", "p"], ["m"]),
        node("Mul", ["m", "half"], ["y"]),
    ]
    yield Case("gelu-tanh-pattern", 11, tanh, {"x": x}, {"three": np.float32(3), "k": np.float32(0.044715), "root": np.float32((2 / np.pi) ** 0.5), "one": np.float32(1), "half": np.float32(0.5)})
    yield Case("silu-pattern", 9, [node("Sigmoid", ["x"], ["s"]), node("Mul", ["x", "s"], ["y"])], {"x": x})


def shapes(s):
    x = s.float(2, 3, 4)
    for axis in (0, 1, 3):
        yield unary(f"flatten1-axis{axis}", 7, "Flatten", x, axis=axis)
    yield unary("flatten11-negative", 11, "Flatten", x, axis=-1)
    yield Case("reshape5", 7, [node("Reshape", ["x", "shape"], ["y"])], {"x": x}, {"shape": int64(0, -1)})
    yield Case("reshape5-dynamic", 9, [node("Shape", ["x"], ["s"]), node("Slice", ["s"], ["batch"], starts=[0], ends=[1]), node("Concat", ["batch", "rest"], ["shape"], axis=0), node("Reshape", ["x", "shape"], ["y"])], {"x": x}, {"rest": int64(-1)})
    yield Case("expand8", 8, [node("Expand", ["x", "shape"], ["y"])], {"x": s.float(3, 1)}, {"shape": int64(2, 1, 4)})
    yield Case("tile6", 7, [node("Tile", ["x", "n"], ["y"])], {"x": s.float(2, 3)}, {"n": int64(2, 2)})
    yield Case("concat4", 7, [node("Concat", ["x", "b"], ["y"], axis=2)], {"x": x, "b": s.float(2, 3, 2)})
    yield Case("constant1", 7, [node("Constant", [], ["c"], value=numpy_helper.from_array(s.float(4))), node("Add", ["x", "c"], ["y"])], {"x": x})
    yield Case("constantofshape9", 9, [node("Shape", ["x"], ["s"]), node("ConstantOfShape", ["s"], ["c"], value=numpy_helper.from_array(np.array([2.5], np.float32))), node("Mul", ["x", "c"], ["y"])], {"x": x})
    yield Case("onehot9", 9, [node("OneHot", ["i", "depth", "values"], ["y"])], {"i": int64(1, 0, 3)}, {"depth": int64(4), "values": np.array([0, 1], np.float32)})
    yield unary("nonzero9", 9, "NonZero", np.maximum(x, 0))
    yield Case("gathernd11", 11, [node("GatherND", ["x", "i"], ["y"])], {"x": x}, {"i": np.array([[0, 1], [1, 2]])})
    yield Case("scatternd11", 11, [node("ScatterND", ["x", "i", "u"], ["y"])], {"x": x, "u": s.float(2, 4)}, {"i": np.array([[0, 1], [1, 2]])})
    yield Case("transpose1", 7, [node("Transpose", ["x"], ["y"], perm=[2, 0, 1])], {"x": x})
    then_branch = helper.make_graph([node("Squeeze", ["x"], ["t"], axes=[0])], "then", [], [helper.make_tensor_value_info("t", TensorProto.FLOAT, ["n"])])
    else_branch = helper.make_graph([node("ReduceSum", ["x"], ["e"], axes=[0], keepdims=0)], "else", [], [helper.make_tensor_value_info("e", TensorProto.FLOAT, ["n"])])
    for value in (True, False):
        yield Case(f"if11-{value}".lower(), 11, [node("If", ["c"], ["y"], then_branch=then_branch, else_branch=else_branch)], {"x": s.float(1, 3), "c": np.array(value)})
    body = helper.make_graph(
        [node("Unsqueeze", ["state"], ["u"], axes=[0]), node("ReduceMean", ["u"], ["next"], axes=[0], keepdims=0), node("Identity", ["go"], ["going"]), node("Clip", ["next", "low"], ["scan"])],
        "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("go", TensorProto.BOOL, []), helper.make_tensor_value_info("state", TensorProto.FLOAT, [3])],
        [helper.make_tensor_value_info("going", TensorProto.BOOL, []), helper.make_tensor_value_info("next", TensorProto.FLOAT, [3]), helper.make_tensor_value_info("scan", TensorProto.FLOAT, [3])],
    )
    yield Case("loop11", 11, [node("Loop", ["n", "", "x"], ["last", "y"], body=body)], {"x": s.float(3)}, {"n": np.int64(3), "low": np.float32(0)}, outputs=("last", "y"))


GROUPS = (clipping, padding, slicing, softmaxes, resizing, reductions, normalizations, convolutions, products, elementwise, shapes)


def cases(seed: int):
    for number, group in enumerate(GROUPS):
        yield from group(Samples(seed + number))
