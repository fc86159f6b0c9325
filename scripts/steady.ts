import { type ChildProcess, execFile, fork, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Repeats test files where there is little of a machine, and tells which failed: what passes here passes on a slow one.
 * All that it starts shares one core (on Linux) with processes that do nothing but take time of it.
 */
const root = join(import.meta.dirname, "..");
const usage = `npm run test:steady -- [--times 5] [--busy 2] [--jobs 2] [--core 0] FILE…
  --times  how often each file runs
  --busy   so many processes take time of the core beside the tests
  --jobs   so many files run side by side
  --core   all of it on this one, on Linux
`;
const options = {
  times: { type: "string", default: "5" },
  busy: { type: "string", default: "2" },
  jobs: { type: "string", default: "2" },
  core: { type: "string", default: "0" },
} as const;
const { values, positionals: files } = parseArgs({ options, allowPositionals: true });
if (files.length === 0) {
  process.stderr.write(usage);
  process.exit(2);
}

shareOneCore();
const logs = mkdtempSync(join(tmpdir(), "antiphon-steady-"));
const busy = Array.from({ length: Number(values.busy) }, () => fork(join(import.meta.dirname, "busy.ts")));
const waiting = Array.from({ length: Number(values.times) }, (_, time) =>
  files.map((file) => ({ file, time: time + 1 })),
).flat();
const failures = new Map<string, number>();
try {
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
} finally {
  for (const child of busy) end(child);
}
for (const [file, count] of failures) process.stdout.write(`${file}: ${count} of ${values.times} failed\n`);
process.stdout.write(failures.size === 0 ? "ok: none failed\n" : `FAILED: their output is in ${logs}\n`);
process.exitCode = failures.size === 0 ? 0 : 1;

async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { file, time } = next;
    const startedMs = performance.now();
    const output = await failureOf(file);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`${output === undefined ? "ok" : "FAILED"}: ${file} ${time} (${seconds} s)\n`);
    if (output === undefined) continue;
    failures.set(file, (failures.get(file) ?? 0) + 1);
    writeFileSync(join(logs, `${basename(file, ".test.ts")}.${time}.log`), output);
  }
}

/** What a run of it prints, if it fails. */
function failureOf(file: string): Promise<string | undefined> {
  const args = ["--test", "--test-timeout=480000", file];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      resolve(error ? stdout + stderr : undefined),
    );
  });
}

/** Processes inherit it. Elsewhere the busy ones alone make it scarce. */
function shareOneCore(): void {
  if (process.platform !== "linux") return;
  spawnSync("taskset", ["-cp", values.core, String(process.pid)]);
}

function end(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}
