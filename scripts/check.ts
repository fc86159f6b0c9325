import { run } from "./run.ts";

/** What must hold before a commit: format and lint, types, and every test that needs no browser and no clients. */
await run("format and lint", "biome", ["check", "--error-on-warnings", "."]);
await run("types", "tsc", ["-p", "tsconfig.json"]);
await run("types of the console", "tsc", ["-p", "console"]);
await run("tests", process.execPath, ["scripts/test.ts", "quick"]);
