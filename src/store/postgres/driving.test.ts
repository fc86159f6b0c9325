import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Statement, Work } from "../sql/db.ts";
import { drive } from "./driving.ts";

/** A server that answers in order, when it is told to, and refuses everything after the first that it refuses. */
class Server {
  readonly asked: string[] = [];
  readonly #waiting: (() => void)[] = [];
  #isBroken = false;

  ask = ({ sql }: Statement): Promise<Answer> => {
    this.asked.push(sql);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push(() => {
      if (this.#isBroken) return reject(new Error("the transaction is aborted"));
      this.#isBroken = sql.startsWith("refused");
      if (this.#isBroken) reject(new Error(sql));
      else resolve({ rows: [{ sql }], changed: 1 });
    });
    return promise;
  };

  async answerAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#waiting.shift()!();
      await new Promise(setImmediate);
    }
  }
}

function* work(unread: readonly string[], read?: string): Work<string> {
  for (const sql of unread) yield { sql, values: [], isUnread: true };
  if (read === undefined) return "done";
  return JSON.stringify((yield { sql: read, values: [] }).rows);
}

test("what nobody reads goes out with what is read next, in order", async () => {
  const server = new Server();
  const driven = drive(work(["one", "two"], "three"), server.ask);
  assert.deepEqual(server.asked, ["one", "two", "three"]);
  await server.answerAll();
  assert.equal(await driven, '[{"sql":"three"}]');
});

test("a work is not over before all that it asked is answered", async () => {
  const server = new Server();
  let isOver = false;
  const driven = drive(work(["one", "two"]), server.ask).then((result) => {
    isOver = true;
    return result;
  });
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  await server.answerAll();
  assert.equal(await driven, "done");
});

for (const [when, unread, read] of [
  ["at what is read next", ["one", "refused two", "three"], "four"],
  ["at its end", ["one", "refused two", "three"], undefined],
] as const)
  test(`a work fails ${when}, for the reason of the first that was refused`, async () => {
    const server = new Server();
    const driven = drive(work(unread, read), server.ask);
    const failing = assert.rejects(driven, { message: "refused two" });
    await server.answerAll();
    await failing;
  });
