import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";

/** What the figures were measured on; without it they mean nothing. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  kernel: string;
  node: string;
  /** Of the folder where the databases are. */
  fileSystem: string;
  /** 4 KB appended and made durable, one after another. */
  fdatasyncsPerSecond: number;
  /** Of the last minute when the run began: what others did on the machine. */
  load: number;
}

const measureMs = 1_000;
const page = Buffer.alloc(4096, 7);

export function machine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.version,
    fileSystem: fileSystemOf(tmpdir()),
    fdatasyncsPerSecond: fdatasyncsPerSecond(),
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}

/** The commit of the tree, with `+` where it holds changes beside the results. */
export function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", ":/", ":!/bench/results", ":!/README.md");
    return `${git("rev-parse", "--short=10", "HEAD")}${changed === "" ? "" : "+"}`;
  } catch {
    return "unknown";
  }
}

function fdatasyncsPerSecond(): number {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-fdatasync-"));
  const file = openSync(join(folder, "file"), "w");
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < measureMs) {
    writeSync(file, page);
    fdatasyncSync(file);
    count++;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  closeSync(file);
  rmSync(folder, { recursive: true });
  return Math.round(count / seconds);
}

/** Of the longest mount point that holds the path. */
function fileSystemOf(path: string): string {
  const mounts = mountsOf().filter(([, at]) => at === "/" || path === at || path.startsWith(`${at}/`));
  return mounts.sort(([, a], [, b]) => b.length - a.length)[0]?.[2] ?? "unknown";
}

function mountsOf(): [device: string, at: string, type: string][] {
  try {
    const lines = readFileSync("/proc/mounts", "utf8").trim().split("\n");
    return lines.map((line) => line.split(" ").slice(0, 3) as [string, string, string]);
  } catch {
    return [];
  }
}
