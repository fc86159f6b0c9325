import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const main = join(import.meta.dirname, "..", "..", "src", "main.ts");

export interface Typed {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** `npm run move`, as it is typed. */
export async function typeMove(dataDir: string, url: string, ...args: string[]): Promise<Typed> {
  const env = { PATH: process.env.PATH, ANTIPHON_DATA: dataDir, DATABASE_URL: url };
  const child = spawn(process.execPath, [main, "move", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  const [status] = await once(child, "close");
  return { status, ...said };
}
