import { globSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/**
 * `quick`: the tests beside the sources and those of the console, of the architecture, the matrix and the properties. `all`: these, the public
 * clients (test/clients), the fuzz (test/fuzz), the simulation (test/simulation), the pages in a real browser (test/browser), what is hostile (test/hostile, test/security), PostgreSQL (test/postgres), the power cut (test/power) and the ones that start whole processes (test/e2e, test/crash, test/faults, test/load). Further
 * arguments go to the test runner, `--test-name-pattern=…` for one.
 */
const root = join(import.meta.dirname, "..");
const [which = "all", ...more] = process.argv.slice(2);
const quick = [
  "src/**/*.test.ts",
  "console/src/**/*.test.ts",
  "test/*.test.ts",
  "test/matrix/*.test.ts",
  "test/properties/*.test.ts",
];
const whole = [
  "browser",
  "clients",
  "crash",
  "e2e",
  "faults",
  "fuzz",
  "hostile",
  "load",
  "postgres",
  "power",
  "security",
  "simulation",
].map((folder) => `test/${folder}/**/*.test.ts`);
const files = globSync(which === "quick" ? quick : [...quick, ...whole], { cwd: root }).sort();
await run("tests", process.execPath, [
  "--test",
  "--test-concurrency=2",
  "--test-timeout=480000",
  ...more,
  ...files,
]);
