import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { run } from "./run.ts";

const lookEveryMs = 100;
const root = join(import.meta.dirname, "..");
const built = join(root, "console/dist");
const sources = ["console/{index.html,package.json,vite.config.ts}", "console/{src,public}/**/*.*"];
/** What the pages draw with: of the gateway's own sources. */
const shared = ["src/core/**/*.ts", "src/platforms/**/*.ts"];

/** Builds the console when what it is made of has changed since; of several that want to, one does. */
export async function buildConsole(): Promise<void> {
  const hash = sourceHash();
  if (isBuilt(hash)) return;
  const release = await taken(join(root, "console/dist-lock"));
  try {
    if (!isBuilt(hash)) await build(hash);
  } finally {
    release();
  }
}

async function build(hash: string): Promise<void> {
  const folder = `dist-${process.pid}`;
  const own = join(root, "console", folder);
  await run("the console is built", "vite", ["build", "console", "--outDir", folder, "--logLevel", "warn"]);
  writeFileSync(join(own, ".built"), hash);
  rmSync(built, { recursive: true, force: true });
  renameSync(own, built);
}

/** Waits until nobody else builds. A folder is made by one alone; that of a process that is no more counts for nothing. */
async function taken(lock: string): Promise<() => void> {
  const holder = join(lock, "pid");
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(holder, String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = Number(textOf(holder) ?? 0);
    if (pid > 0 && !isAlive(pid)) rmSync(lock, { recursive: true, force: true });
    await rest(lookEveryMs);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isBuilt(hash: string): boolean {
  return textOf(join(built, ".built")) === hash;
}

/** Nothing where the file is not there: whoever builds takes it away at any moment. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

function sourceHash(): string {
  const hash = createHash("sha256");
  for (const file of [...globSync([...sources, ...shared], { cwd: root }), "package-lock.json"].sort())
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

if (import.meta.main) await buildConsole();
