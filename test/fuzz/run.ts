/** How much a fuzz does, and from where: `ANTIPHON_FUZZ_RUNS=1000000 ANTIPHON_FUZZ_SEED=42`. The quick run is the same for everybody; a longer one looks where nobody has looked yet. */
export const runs = wholeNumber("ANTIPHON_FUZZ_RUNS", 10_000);
const anySeed = Math.floor(Math.random() * 2 ** 31);
export const seed = wholeNumber("ANTIPHON_FUZZ_SEED", process.env.ANTIPHON_FUZZ_RUNS ? anySeed : 20_261_122);

function wholeNumber(name: string, otherwise: number): number {
  const given = process.env[name];
  if (given === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(given)) throw new Error(`${name} must be a whole number; it is ${given}.`);
  return Number(given);
}

/** What to say of a failure, so that it can be run again. */
export function again(title: string, index: number, payload: string): string {
  return `${title}, run ${index} of ANTIPHON_FUZZ_SEED=${seed}:\n${payload.slice(0, 4000)}`;
}
