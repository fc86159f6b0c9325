import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Chance } from "../fuzz/chance.ts";
import { startStack } from "../support/stack.ts";
import { cutAt, type State } from "./cut.ts";
import { load } from "./load.ts";
import { readRecord, tracing } from "./record.ts";

/**
 * `npm run test:power -- [--cuts 200] [--seed 1]`: records what the gateway writes, syncs and answers under load (by
 * strace), cuts the power at random instants of the record, and looks what is left; then has an fsync fail. Ends with 1
 * where a message that was answered 202 is missing or the database is damaged, where the gateway outlives a failed
 * fsync, and where a control that forgets syncs loses nothing.
 */
const option = (name: string, absent: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? absent : Number(process.argv[at + 1]);
};
const cuts = option("cuts", 200);
const seed = option("seed", 1);
const messages = 400;

const kept = ["antiphon.db", "antiphon.db-wal", "receipts.journal"];

function filesOf(folder: string): Map<string, Buffer> {
  const read = (name: string): [string, Buffer][] => {
    try {
      return [[join(folder, name), readFileSync(join(folder, name))]];
    } catch {
      return [];
    }
  };
  return new Map(kept.flatMap(read));
}

/** What is wrong with a database that a cut left; nothing, if all is well. */
function audit(state: State, folder: string): string[] {
  const place = mkdtempSync(join(tmpdir(), "antiphon-cut-"));
  try {
    for (const [file, bytes] of state.files) {
      if (file.startsWith(join(folder, "antiphon.db"))) writeFileSync(file.replace(folder, place), bytes);
    }
    return auditDatabase(join(place, "antiphon.db"), state.told);
  } finally {
    rmSync(place, { recursive: true });
  }
}

function auditDatabase(file: string, told: ReadonlySet<string>): string[] {
  try {
    using db = new DatabaseSync(file);
    const [check] = Object.values(db.prepare("PRAGMA integrity_check(1)").get() ?? {});
    const ids = new Set(
      db
        .prepare("SELECT id FROM messages")
        .all()
        .map(({ id }) => id),
    );
    const lost = [...told]
      .filter((id) => !ids.has(id))
      .map((id) => `${id} was answered 202 and is not there`);
    return check === "ok" ? lost : [`the database is damaged: ${check}`, ...lost];
  } catch (error) {
    return [`the database cannot be read: ${(error as Error).message}`];
  }
}

async function record() {
  const first = await startStack();
  await first.stop();
  const simulator = await startStack({ command: "simulator", from: first });
  const log = join(first.dataDir, "..", `antiphon-strace-${process.pid}`);
  const start = filesOf(first.dataDir);
  const env = { LOG_LEVEL: "error" };
  const gateway = await startStack({ command: "serve", from: first, env, wrap: tracing(log) });
  await load(gateway, messages);
  // The tracer, and the gateway with it, in the midst of work.
  await gateway.stop("SIGKILL");
  await simulator.stop();
  const steps = await readRecord(log, first.dataDir);
  rmSync(log);
  rmSync(first.dataDir, { recursive: true });
  return { steps, start, folder: first.dataDir };
}

/** An fsync reports an error: the process ends before anything more is answered, and what was answered is there. */
async function failingSync(): Promise<string[]> {
  const first = await startStack();
  const folder = first.dataDir;
  await first.stop();
  const failing = ["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"];
  const wrap = [...failing, "-e", "inject=fsync,fdatasync:error=EIO:when=40"];
  const gateway = await startStack({ command: "serve", from: first, env: { LOG_LEVEL: "error" }, wrap });
  const told = await load(gateway, messages);
  const code = await gateway.stop();
  const wrongs = auditDatabase(join(folder, "antiphon.db"), told);
  rmSync(folder, { recursive: true });
  const told202 = `${told.size} answers 202 before it, exit code ${code}: ${gateway.stderr.trim()}`;
  process.stdout.write(`a failed fsync: ${told202}\n`);
  if (code !== 1) wrongs.push(`the process ended with ${code} after a failed fsync`);
  if (told.size === 0 || told.size === messages)
    wrongs.push("the fsync did not fail in the midst of the load");
  return wrongs;
}

if (spawnSync("strace", ["true"]).status !== 0) {
  process.stderr.write(
    "This needs strace, allowed to trace: apt-get install strace, and ptrace in a container.\n",
  );
  process.exit(1);
}
const { steps, start, folder } = await record();
const chance = new Chance(seed);
const instants = Array.from({ length: cuts }, () => chance.int(steps.length + 1));
const wrongs = instants.flatMap((instant) => {
  const state = cutAt(steps, instant, { start, chance });
  return audit(state, folder).map((wrong) => `cut at step ${instant}: ${wrong}`);
});
// As if fsync were not waited for: the same cuts must then lose something, or this sees nothing.
const unsynced = steps.filter(({ kind }) => kind !== "sync");
const losses = instants.filter(
  (instant) => audit(cutAt(unsynced, instant, { start, chance }), folder).length > 0,
);
const count = (kind: string) => steps.filter((step) => step.kind === kind).length;
process.stdout.write(
  `seed ${seed}: ${count("write")} writes, ${count("sync")} syncs, ${count("told")} answers 202; ` +
    `${cuts} cuts: ${wrongs.length} wrong; without syncs ${losses.length} of ${cuts} are wrong\n`,
);
wrongs.push(...(await failingSync()));
for (const wrong of wrongs.slice(0, 20)) process.stdout.write(`${wrong}\n`);
if (wrongs.length > 0 || losses.length === 0 || count("told") < messages / 2) process.exitCode = 1;
