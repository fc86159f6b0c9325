import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Cases, eventsOf, moment, newMessage, said, send, start } from "./harness.ts";

const writer = fileURLToPath(new URL("./writer.ts", import.meta.url));
const kills = 5;

/** Runs the writer until it has acknowledged so many messages, kills it, and gives all that it acknowledged. */
async function writeUntilKilled(
  place: { module: string; argument: string },
  count: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [writer, place.module, place.argument], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill("SIGKILL");
  }
  await ended;
  assert.equal(child.signalCode, "SIGKILL");
  return acknowledged;
}

export const durabilityCases: Cases = {
  "what was acknowledged is there after kill -9, whole": async (opened) => {
    await opened.store.close();
    const acknowledged: string[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      acknowledged.push(...(await writeUntilKilled(opened.place, kill * 37)));
    }
    const store = await opened.reopen();
    assert.ok(acknowledged.length >= 37 * 15);
    for (const id of acknowledged) {
      const detail = await store.message(id);
      assert.deepEqual([detail?.calls.length, detail?.history.length], [2, 1], id);
    }
    const { messages, calls } = await store.counts();
    assert.equal(calls.queued, 2 * (messages.accepted ?? 0));
  },

  "an intention that fails takes none of its neighbours with it": async ({ store }) => {
    const good = newMessage({ token: "good" });
    const bad = newMessage({ token: "good" });
    const last = newMessage({ token: "last" });
    const results = await Promise.allSettled(
      [good, bad, last].map((message) => store.acceptMessage(message)),
    );
    assert.deepEqual(
      results.map((result) => result.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual((await store.counts()).calls, { queued: 2 });
    assert.equal(await store.message(bad.message.id), undefined);
  },

  "a read sees every fulfilled write and none that is still waiting": async ({ store }) => {
    const made = newMessage();
    const accepting = store.acceptMessage(made);
    assert.equal(await store.message(made.message.id), undefined);
    await accepting;
    assert.equal((await store.message(made.message.id))?.message.id, made.message.id);
  },

  "closing commits what was asked for, then refuses": async (opened) => {
    const asked = send(opened.store);
    await opened.store.close();
    const { id } = await asked;
    await assert.rejects(send(opened.store), { code: "unavailable" });
    const store = await opened.reopen();
    assert.equal((await store.message(id))?.message.createdAt, start);
  },

  "a digest that fails half-way leaves nothing, so that it can be done again": async ({ store }) => {
    await store.storePayloads("channel-1", ["{}"], start);
    const [payload] = await store.undigested("channel-1", { limit: 1, maxBytes: 1_000_000 });
    const broken = { ...said("b"), sender: { aliases: [{} as string] } };
    const events = [said("a"), broken].map((event) => ({ event, report: true }));
    const digesting = { payloadId: payload?.id ?? 0, ...moment(start), events, unknown: [] };
    await assert.rejects(store.digest(digesting));
    assert.deepEqual(await eventsOf(store), []);
    const { fresh } = await store.digest({ ...digesting, events: events.slice(0, 1) });
    assert.deepEqual(fresh, [0]);
  },
};
