/** Far more than any state takes on a machine at a tenth of the speed; the runner ends a test after eight times that. */
export const withinMs = 60_000;
const everyMs = 20;

/** Asks again until there is an answer. Waits for a state of another process, never for time to pass. */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
  ms = withinMs,
): Promise<Value> {
  const until = performance.now() + ms;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (performance.now() > until) throw new Error(`There was no ${what} within ${ms} ms.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
