/** The numbers ONNX gives the kinds of an attribute's content. */
export const attributeType = {
  undefined: 0,
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  graphs: 10,
  sparseTensor: 11,
} as const;

/** The number of a tensor's `data_location` that says its content lies in a side file. */
export const externalLocation = 1;
