import { DatabaseSync } from "node:sqlite";
import { Pool } from "undici";
import { account } from "../libraries/account.ts";
import { serveBare } from "../load/server.ts";

/**
 * The bare limit of storing before answering: one table, one commit for all that came in a turn of the event loop, and a
 * request to the platform. No checks, no order, no rates, no retries, no statuses, no keys.
 */
const [platformUrl, file] = process.argv.slice(2) as [string, string];
const db = new DatabaseSync(file);
db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768");
db.exec("PRAGMA wal_autocheckpoint = 4000");
db.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT NOT NULL, platform_id TEXT)");
const insert = db.prepare("INSERT INTO messages (body) VALUES (?)");
const settle = db.prepare("UPDATE messages SET platform_id = ? WHERE id = ?");
const platform = new Pool(platformUrl, { connections: 64, pipelining: 1 });
const path = `/${account.version}/${account.phoneNumberId}/messages`;
const headers = { "content-type": "application/json", authorization: `Bearer ${account.accessToken}` };

let waiting: { run(): void; done(): void }[] = [];

function inNextCommit<Result>(run: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    if (waiting.length === 0) setImmediate(commit);
    let result: Result;
    waiting.push({
      run: () => {
        result = run();
      },
      done: () => resolve(result),
    });
  });
}

function commit(): void {
  const group = waiting;
  waiting = [];
  db.exec("BEGIN IMMEDIATE");
  for (const { run } of group) run();
  db.exec("COMMIT");
  for (const { done } of group) done();
}

async function forward(id: number, body: string): Promise<void> {
  const answer = await platform.request({ method: "POST", path, headers, body });
  const { messages } = (await answer.body.json()) as { messages: [{ id: string }] };
  await inNextCommit(() => settle.run(messages[0].id, id));
}

serveBare(async (body) => {
  const { to, content } = JSON.parse(body.toString());
  const call = JSON.stringify({
    messaging_product: "whatsapp",
    to: `+${to}`,
    type: "interactive",
    ...content,
  });
  const id = await inNextCommit(() => Number(insert.run(call).lastInsertRowid));
  void forward(id, call);
  return { status: 202, body: { id } };
});
