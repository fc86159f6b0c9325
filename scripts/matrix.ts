import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fixture, fixtureFile, types } from "../test/matrix/fixtures.ts";
import { Stage, staged } from "../test/support/stage.ts";

/** `node scripts/matrix.ts --write [platform]…` writes the matrix's fixtures anew. Read what changed before you commit it. */
const [flag, ...names] = process.argv.slice(2);
if (flag !== "--write") {
  process.stderr.write("usage: node scripts/matrix.ts --write [platform]…\n");
  process.exit(2);
}
for (const platform of staged.filter((name) => names.length === 0 || names.includes(name))) {
  const stage = new Stage(platform);
  for (const type of types) {
    const file = fixtureFile(platform, type);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await fixture(stage, type));
  }
  stage.close();
}
