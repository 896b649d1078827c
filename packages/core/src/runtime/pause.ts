/** Lets events happen that wait behind a long computation, such as a request to stop. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
