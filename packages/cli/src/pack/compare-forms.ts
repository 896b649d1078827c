import { type Backend, type ModelFiles, QuantError, type SessionOptions, type Tensors } from "@halftone/core";

/** A model, and how far the runtime may optimize it when it is opened. */
export interface Form {
  readonly model: ModelFiles;
  readonly options?: SessionOptions;
}

/** Opens both forms of a model, runs them on the same inputs and answers with the largest distance between their outputs. @throws `backend-failed`. */
export async function distanceOfForms(backend: Backend, original: Form, packed: Form, feeds: Tensors): Promise<number> {
  const [expected, actual] = [await outputsOf(backend, original, feeds), await outputsOf(backend, packed, feeds)];
  const distances = Object.entries(expected).map(([name, { data }]) => {
    const other = actual[name]?.data;
    if (!other || other.length !== data.length) {
      throw new QuantError("backend-failed", `The packed model does not answer with ${name} as the model does.`, { details: { tensor: name } });
    }
    return largestDistance(data as ArrayLike<number>, other as ArrayLike<number>);
  });
  return Math.max(0, ...distances);
}

async function outputsOf(backend: Backend, { model, options }: Form, feeds: Tensors): Promise<Tensors> {
  const session = await backend.open(model, options);
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

function largestDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const distance = Math.abs(Number(a[index]) - Number(b[index]));
    // Also where one of them is no number.
    if (!(distance <= largest) && !Object.is(a[index], b[index])) largest = distance;
  }
  return largest;
}
