import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formerSources } from "./former-sources.ts";

/**
 * `node scripts/former-statements.ts REV`: runs every case of the store of that revision on PostgreSQL and keeps each
 * statement that it asked in test/postgres/former-statements.json. To be done at each release, with its revision: what
 * comes after it must let it go on while gateways are rolled over.
 */
const [revision] = process.argv.slice(2);
if (!revision) throw new Error("Name a revision: node scripts/former-statements.ts REV");
const tests = join(import.meta.dirname, "..", "test", "postgres");
const { folder, commit } = formerSources(revision);
try {
  const told = join(folder, "statements.json");
  const recorder = join(tests, "record-statements.ts");
  const { status } = spawnSync(process.execPath, ["--import", recorder, "test/postgres/store.test.ts"], {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, ANTIPHON_STATEMENTS: told },
  });
  if (status !== 0) throw new Error(`The cases of ${commit} ended with ${status}.`);
  const statements: string[] = JSON.parse(readFileSync(told, "utf8"));
  writeFileSync(
    join(tests, "former-statements.json"),
    `${JSON.stringify({ revision: commit, statements }, undefined, 2)}\n`,
  );
  process.stdout.write(`${statements.length} statements of ${commit}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
