import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import packed from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const cache = join(import.meta.dirname, "../../node_modules/.cache");
const folder = join(cache, "chromium-153.0.0");
/**
 * Made for a place that lets one process run alone, for pages without a policy, and for a graphics card that programs
 * stand for: eight pages took 9.1 to 11.0 s with it, and 5.6 to 5.8 s without.
 */
const unwanted =
  /^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content|headless|use-gl|use-angle|enable-unsafe-swiftshader|ignore-gpu-blocklist|in-process-gpu)/;

/** A real Chromium: that of npm, or the one at CHROMIUM_PATH. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await unpacked());
  return chromium.launch({
    executablePath,
    args: [...packed.args.filter((arg) => !unwanted.test(arg)), "--disable-gpu"],
  });
}

/**
 * Unpacked once, 197 MB. The package would do it into the temporary folder, where of three processes that began at once
 * two failed with ETXTBSY: one ran what another still wrote. Here each writes a folder of its own, whole, and renames it.
 */
async function unpacked(): Promise<string> {
  const file = join(folder, "chromium");
  if (existsSync(file)) return file;
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = own;
  try {
    await packed.executablePath();
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    // Another was faster.
    if (!existsSync(file)) throw error;
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  return file;
}
