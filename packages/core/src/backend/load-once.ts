/** Loads on the first call; concurrent callers share the load, and a load that failed is tried again by the next caller. */
export function loadOnce<T>(load: () => Promise<T>, unavailable: (cause: unknown) => Error): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw unavailable(cause);
    });
    return loading;
  };
}
