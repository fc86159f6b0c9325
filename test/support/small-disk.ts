import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "./stack.ts";

/** Ignores the signal that a process gets at its limit: then the write fails, as on a full disk. */
export const underLimits = ["sh", "-c", `trap '' XFSZ; exec "$0" "$@"`];

/** Takes a gateway its room, and gives it back. */
export interface SmallDisk {
  fill(gateway: Stack): void;
  free(gateway: Stack): void;
}

const roomBytes = 2 * 1024 * 1024;

/** No file of the process may grow far beyond the largest of now: works on every Linux, without a small disk. */
const limitedFiles: SmallDisk = {
  fill({ child, dataDir }) {
    const sizes = readdirSync(dataDir).map((name) => statSync(join(dataDir, name)).size);
    limit(child.pid, String(Math.max(...sizes) + roomBytes));
  },
  free({ child }) {
    limit(child.pid, "unlimited");
  },
};

function limit(pid: number | undefined, bytes: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]);
}

/** A file system of its own with something big on it, until that is deleted. */
function ballasted(folder: string): SmallDisk {
  const ballast = join(folder, "ballast");
  return {
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      const file = openSync(ballast, "w");
      for (let left = bavail * bsize - roomBytes; left > 0; left -= roomBytes)
        writeSync(file, Buffer.alloc(Math.min(left, roomBytes)));
      closeSync(file);
    },
    free: () => rmSync(ballast),
  };
}

/** `ANTIPHON_SMALL_DISK` names a folder on a small file system (`mount -t tmpfs -o size=16m`), for the real ENOSPC. */
export const smallDiskFolder = process.env.ANTIPHON_SMALL_DISK;
export const smallDisk: SmallDisk = smallDiskFolder ? ballasted(smallDiskFolder) : limitedFiles;
