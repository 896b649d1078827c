/** A function that keeps its last answer: search changes one thing at a time. Arguments are equal as JSON. */
export interface Remembering<Argument, Result> {
  (argument: Argument): Promise<Result>;
  clear(): void;
}

export function remember<Argument, Result>(make: (argument: Argument) => Promise<Result>): Remembering<Argument, Result> {
  let last: { readonly argument: Argument; readonly key: string | undefined; readonly result: Promise<Result> } | undefined;
  const recall = (argument: Argument): Promise<Result> => {
    if (last && last.argument === argument) return last.result;
    const key = JSON.stringify(argument);
    if (last && last.key === key) return last.result;
    const result = make(argument);
    last = { argument, key, result };
    // A failure is not an answer.
    result.catch(() => {
      if (last?.result === result) last = undefined;
    });
    return result;
  };
  return Object.assign(recall, {
    clear: () => {
      last = undefined;
    },
  });
}
