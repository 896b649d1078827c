// A model file is untrusted: each limit bounds what reading it can cost, far above what real models need.

/** Protobuf measures messages in signed 32 bits; larger weights lie in side files. */
export const maximumModelBytes = 2 ** 31 - 1;

/** Messages inside messages: one subgraph costs three, so about 30 nested control flows. Keeps recursion off the end of the stack. */
export const maximumDepth = 100;

/** Nodes, attributes, tensors, types, strings in lists and fields that are not known: an empty one takes 2 bytes in the file and some 200 in memory. */
export const maximumParts = 5_000_000;

/** Entries of number lists (dims, ints, the older typed data fields), which take up to 32 times their size in memory; `raw_data` does not count. */
export const maximumListedNumbers = 100_000_000;
