import { parseArgs } from "node:util";
import { Client } from "pg";
import { startPostgres } from "../../support/postgres-server.ts";
import { commitNow, writeReport } from "../report.ts";
import { broken } from "../verdict.ts";
import { longMove, type MoveOutcome, moveUnderLoad } from "./ordeal.ts";
import { moveMarks, moveReport } from "./report.ts";

/**
 * `npm run test:move -- [--messages 100000] [--seconds 20] [--seed 1] [--write]`: the move from SQLite to PostgreSQL under
 * load, after SIGTERM and after SIGKILL, each with so many messages of history and so many seconds of load before and behind.
 * Ends with 1 where a promise is broken. `--write` puts the figures into docs/reliability.md.
 */
const args = process.argv.slice(2);
const { values } = parseArgs({
  args,
  options: {
    messages: { type: "string", default: "100000" },
    seconds: { type: "string", default: String(longMove.seconds) },
    seed: { type: "string", default: String(longMove.seed) },
    write: { type: "boolean", default: false },
  },
});
const [history, seconds, seed] = [whole("messages"), whole("seconds"), whole("seed")];
const commit = commitNow();
const outcomes: Record<string, MoveOutcome> = {};
const server = await startPostgres();
try {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const name = `moved_after_${signal.toLowerCase()}`;
    await create(name);
    const outcome = await moveUnderLoad({ ...longMove, signal, history, seconds, seed }, server.url(name));
    process.stdout.write(`${signal}: ${JSON.stringify({ ...outcome, told: undefined })}\n${outcome.told}`);
    outcomes[signal] = outcome;
  }
} finally {
  await server.close();
}
const wrongs = Object.entries(outcomes).flatMap(([signal, outcome]) =>
  [...broken(outcome, { mayBeOpen: false }), ...outcome.otherIds].map((wrong) => `${signal}: ${wrong}`),
);
const given = args.filter((arg) => arg !== "--write").join(" ");
const command = `npm run test:move${given && ` -- ${given}`}`;
const text = moveReport({ command, commit, history, outcomes, wrongs });
process.stdout.write(`${text}\n`);
if (values.write) writeReport(text, moveMarks);
if (wrongs.length > 0) process.exitCode = 1;

function whole(name: "messages" | "seconds" | "seed"): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`--${name} is a whole number from 0 on.`);
}

async function create(database: string): Promise<void> {
  const client = new Client({ connectionString: server.url("postgres") });
  await client.connect();
  await client.query(`CREATE DATABASE ${database} ENCODING 'UTF8' TEMPLATE template0`);
  await client.end();
}
