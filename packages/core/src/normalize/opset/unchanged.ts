/**
 * Operators whose nodes mean the same in operator set 21 as in any since 7: later versions only added element types,
 * or inputs and attributes whose default is what was. Compared with the operator schemas of ONNX 1.23.
 */
export const unchangedOperators: ReadonlySet<string> = new Set([
  // one value at a time
  ...["Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Celu", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid"],
  ...["HardSwish", "IsInf", "IsNaN", "LeakyRelu", "Log", "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign"],
  ...["Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu", "BitwiseNot", "Cast", "CastLike", "Bernoulli"],
  // several values, broadcast
  ...["Add", "And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max"],
  ...["Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor"],
  // products, convolutions, pools
  ...["Conv", "ConvInteger", "ConvTranspose", "DeformConv", "Det", "Einsum", "Gemm", "MatMul", "MatMulInteger", "QLinearConv", "QLinearMatMul"],
  ...["AveragePool", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "LpPool", "MaxPool", "MaxRoiPool", "MaxUnpool", "Col2Im", "AffineGrid"],
  // normalization, recurrence, quantization
  ...["InstanceNormalization", "LRN", "LayerNormalization", "LpNormalization", "MeanVarianceNormalization", "GRU", "LSTM", "RNN"],
  ...["DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear", "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"],
  // moving, choosing, counting
  ...["ArgMax", "ArgMin", "CenterCropPad", "Compress", "Concat", "CumSum", "DepthToSpace", "Expand", "Flatten", "Gather", "GatherElements", "GatherND"],
  ...["Identity", "NonMaxSuppression", "NonZero", "OneHot", "Reshape", "ReverseSequence", "ScatterElements", "ScatterND", "Shape", "Size", "SpaceToDepth"],
  ...["Tile", "Transpose", "Trilu", "Unique"],
  // made from nothing
  ...["BlackmanWindow", "Constant", "ConstantOfShape", "EyeLike", "HammingWindow", "HannWindow", "MelWeightMatrix", "Multinomial", "RandomNormal"],
  ...["RandomNormalLike", "RandomUniform", "RandomUniformLike", "Range", "STFT", "ImageDecoder"],
  // control flow, sequences, text
  ...["If", "Loop", "ConcatFromSequence", "Optional", "OptionalGetElement", "OptionalHasElement", "SequenceAt", "SequenceConstruct"],
  ...["SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength", "SequenceMap", "SplitToSequence", "RegexFullMatch", "StringConcat"],
  ...["StringNormalizer", "StringSplit", "TfIdfVectorizer"],
]);
