/** Waits, but not once `signal` has been raised. */
export function rest(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, signal.aborted ? 0 : waitMs);
    signal.addEventListener("abort", done, { once: true });
  });
}
