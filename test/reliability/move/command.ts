import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { memoryMb } from "../../../bench/load/child.ts";

const main = join(import.meta.dirname, "..", "..", "..", "src", "main.ts");

export interface Typed {
  status: number | null;
  stdout: string;
  stderr: string;
  /** The most that it had resident when it last said something. */
  megabytes: number;
}

/** `npm run move`, as it is typed. */
export async function typeMove(dataDir: string, url: string, ...args: string[]): Promise<Typed> {
  const env = { PATH: process.env.PATH, ANTIPHON_DATA: dataDir, DATABASE_URL: url };
  const child = spawn(process.execPath, [main, "move", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let megabytes = 0;
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      megabytes = mostResident(child.pid!) ?? megabytes;
    });
  const [status] = await once(child, "close");
  return { status, ...said, megabytes };
}

/** Undefined: it has ended. */
function mostResident(pid: number): number | undefined {
  try {
    // Of one that has just ended no figure is told.
    return memoryMb(pid).peak || undefined;
  } catch {
    return undefined;
  }
}
