import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules", ".bin");

/** Runs a command of the project with its output shown; ends this process when it fails. */
export async function run(title: string, command: string, args: string[]): Promise<void> {
  const startedMs = performance.now();
  const path = command.includes("/") ? command : join(bin, command);
  const child = spawn(path, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  const code = await new Promise((resolve) => child.once("error", () => resolve(1)).once("exit", resolve));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? "ok" : "FAILED"}: ${title} (${seconds} s)\n`);
  if (code !== 0) process.exit(1);
}
