import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as passes } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { startStack } from "../support/stack.ts";

const platforms = ["whatsapp", "instagram", "messenger", "telegram"] as const;
/** Beyond the lease of 5 s. */
const awayMs = 8_000;

test("PostgreSQL may be away for longer than a lease: what was under way is known, and all that was accepted leaves", async (t) => {
  const server = await startPostgres();
  const env = { DATABASE_URL: server.url("postgres"), LOG_LEVEL: "info" };
  try {
    await using stack = await startStack({ env });
    const people = await Promise.all(
      platforms.map(async (platform) => (await stack.people(platform)).slice(0, 2)),
    );
    for (const person of people.flat()) await stack.act(person, { act: "say", text: "hello" });
    const sends = people.flat().flatMap(({ channel: from, address: to }) =>
      Array.from({ length: 3 }, async (_, n) => {
        const body = { from, to, content: { text: { body: `message ${n}` } } };
        const { status, json } = await stack.call("POST", "/v1/messages", body);
        return status === 202 ? (json.id as string) : undefined;
      }),
    );
    const ids = (await Promise.all(sends)).filter((id) => id !== undefined);
    const statusOf = async (id: string) => (await stack.call("GET", `/v1/messages/${id}`)).json.status;
    await eventually("the first to leave", async () => {
      const statuses = await Promise.all(ids.map(statusOf));
      return statuses.some((status) => status !== "accepted") || undefined;
    });
    await server.kill();
    await passes(awayMs);
    await server.start();
    const isOver = async (id: string) => {
      const status = await statusOf(id);
      return status !== undefined && !["accepted", "sending"].includes(status);
    };
    await eventually("the end of all", async () => {
      return (await Promise.all(ids.map(isOver))).every(Boolean) || undefined;
    });
    const statuses = await Promise.all(ids.map(statusOf));
    const counts = Object.entries(Object.groupBy(statuses, String)).map(([is, all]) => [is, all?.length]);
    t.diagnostic(JSON.stringify(Object.fromEntries(counts)));
    assert.ok(ids.length > 0);
    assert.deepEqual(
      statuses.filter((status) => !["sent", "delivered", "read"].includes(status)),
      [],
    );
    assert.ok(!stack.stdout.includes("has lost what it worked for"));
  } finally {
    await server.close();
  }
});
