// Installs the locked dependencies when they are missing or the lock file has changed. Plain JavaScript without
// dependencies: it runs on whatever Node.js the machine has, before the pinned one is there.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const stamp = join(modules, ".antiphon-installed");
const lock = join(root, ".antiphon-installing");
const staleLockMs = 30_000;
const omit = process.argv.includes("--omit=dev") ? "dev" : "";

const locked = readFileSync(join(root, "package-lock.json"), "utf8");
const lockHash = createHash("sha256").update(locked).digest("hex");

/** What is installed serves when the lock file is the same and nothing wanted was left out. */
function isInstalled() {
  if (!existsSync(stamp)) return isInstalledByNpm();
  const [hash, omitted] = readFileSync(stamp, "utf8").split("\n");
  return hash === lockHash && (omitted === "" || omitted === omit);
}

/** By hand: npm leaves a list of what it has installed, when it has come to its end. */
function isInstalledByNpm() {
  const list = join(modules, ".package-lock.json");
  if (!existsSync(list)) return false;
  const { packages } = JSON.parse(readFileSync(list, "utf8"));
  return Object.entries(JSON.parse(locked).packages).every(
    ([path, { version, integrity, link, optional, dev, devOptional }]) =>
      !path.includes("node_modules/") ||
      link ||
      optional ||
      (omit && (dev || devOptional)) ||
      (packages[path]?.version === version && packages[path].integrity === integrity),
  );
}

/** Two at once wait for each other; a lock whose holder died is taken over. */
async function takeLock() {
  for (let said = false; !tryLock(); said = true) {
    if (!said) console.error("Another process is installing the dependencies; waiting for it.");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function tryLock() {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST")
      fail(`The folder ${root} cannot be written (${error.code}): make it writable.`);
  }
  const held = statSync(lock, { throwIfNoEntry: false });
  if (held && Date.now() - held.mtimeMs > staleLockMs) rmSync(lock, { recursive: true, force: true });
  return false;
}

async function install() {
  console.error("Installing the locked dependencies (once).");
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), 5_000);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...(omit ? [`--omit=${omit}`] : [])];
  const npm = process.env.npm_execpath;
  const [command, commandArgs] = npm ? [process.execPath, [npm, ...args]] : ["npm", args];
  const child = spawn(command, commandArgs, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve) => child.once("error", () => resolve(1)).once("exit", resolve));
  clearInterval(beat);
  if (code !== 0)
    fail("Installing failed; the lines above say why. Check the network and run the command again.");
  writeFileSync(stamp, `${lockHash}\n${omit}`);
}

function checkRuntime() {
  const pinned = existsSync(join(modules, ".bin", "node"));
  const major = Number(process.versions.node.split(".")[0]);
  if (!pinned && major < 24) {
    fail(`Antiphon needs Node.js 24 or newer here (this is ${process.version}): install it from nodejs.org.`);
  }
}

function fail(sentence) {
  rmSync(lock, { recursive: true, force: true });
  console.error(sentence);
  process.exit(1);
}

if (!isInstalled()) {
  await takeLock();
  if (!isInstalled()) await install();
  rmSync(lock, { recursive: true, force: true });
}
checkRuntime();
