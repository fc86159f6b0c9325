/** Keeps a core busy until whoever forked it lets go of it or ends. */
const sliceMs = 20;

process.once("disconnect", () => process.exit());

function spin(): void {
  const until = performance.now() + sliceMs;
  while (performance.now() < until);
  setImmediate(spin);
}
spin();
