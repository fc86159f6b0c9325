import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The tracked files of a revision in a folder of their own, with this tree's packages. */
export function formerSources(revision: string): { folder: string; commit: string } {
  const commit = execFileSync("git", ["rev-parse", "--short", `${revision}^{commit}`], {
    cwd: root,
  }).toString();
  const folder = mkdtempSync(join(tmpdir(), "antiphon-former-"));
  const archive = execFileSync("git", ["archive", commit.trim()], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return { folder, commit: commit.trim() };
}
