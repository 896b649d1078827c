/** The operator set that every stage after normalization works on: the first with 4-bit types and blocked scales. */
export const workingOpset = 21;
