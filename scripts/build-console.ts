import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

const root = join(import.meta.dirname, "..");
const built = join(root, "console/dist");
const sources = ["console/{index.html,package.json,vite.config.ts}", "console/{src,public}/**/*.*"];
/** What the pages draw with: of the gateway's own sources. */
const shared = ["src/core/**/*.ts", "src/platforms/**/*.ts"];

/** Builds the console when what it is made of has changed since. */
export async function buildConsole(): Promise<void> {
  const hash = sourceHash();
  if (isBuilt(hash)) return;
  const folder = `dist-${process.pid}`;
  const own = join(root, "console", folder);
  await run("the console is built", "vite", ["build", "console", "--outDir", folder, "--logLevel", "warn"]);
  writeFileSync(join(own, ".built"), hash);
  rmSync(built, { recursive: true, force: true });
  try {
    renameSync(own, built);
  } catch (error) {
    // Another start was building too, and was faster.
    if (!isBuilt(hash)) throw error;
    rmSync(own, { recursive: true, force: true });
  }
}

function isBuilt(hash: string): boolean {
  const stamp = join(built, ".built");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

function sourceHash(): string {
  const hash = createHash("sha256");
  for (const file of [...globSync([...sources, ...shared], { cwd: root }), "package-lock.json"].sort())
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

await buildConsole();
