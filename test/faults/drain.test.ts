import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { startStack } from "../support/stack.ts";

const restarts = 3;
const senders = 8;
const perSender = 6;

test("a gateway that is told to end under load ends in time, and of what it accepted nothing is unknown, lost or doubled", async () => {
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const people = [...(await simulator.people("messenger")), ...(await simulator.people("whatsapp"))];
  const accepted = new Map<string, string>();

  for (let round = 0; round < restarts; round++) {
    const gateway = await startStack({ command: "serve", from: first });
    const state = { isOver: false };
    const load = Array.from({ length: senders }, async (_, sender) => {
      for (let n = 0; !state.isOver && n < perSender; n++) {
        const { channel, address } = people[(sender + n) % people.length]!;
        const body = `${round} ${sender} ${n}`;
        const request = { from: channel, to: address, content: { text: { body } } };
        // A connection that ends without an answer accepted nothing that was told.
        const answer = await gateway.call("POST", "/v1/messages", request).catch(() => undefined);
        if (answer?.status === 202) accepted.set(answer.json.id, body);
        else state.isOver = true;
      }
    });
    const before = accepted.size;
    await eventually("load", () => accepted.size > before + 16 || undefined);
    // It would be 1 where it took longer than src/shutdown.ts gives it.
    assert.equal(await gateway.stop("SIGTERM"), 0);
    state.isOver = true;
    await Promise.all(load);
  }

  const last = await startStack({ command: "serve", from: first });
  const ended = ["sent", "delivered", "read", "failed", "unknown", "expired"];
  const statuses = await eventually("an end of every message", async () => {
    const all = await Promise.all([...accepted.keys()].map((id) => last.call("GET", `/v1/messages/${id}`)));
    const found = all.map(({ json }) => json.status);
    return found.every((status) => ended.includes(status)) ? found : undefined;
  });
  assert.deepEqual(
    statuses.filter((status) => ["failed", "unknown", "expired"].includes(status)),
    [],
  );
  const screens = await Promise.all(people.map((person) => simulator.screen(person)));
  const shown = screens.flat().map(({ text }) => text);
  for (const body of accepted.values()) assert.equal(shown.filter((text) => text === body).length, 1, body);
  assert.equal(await last.stop(), 0);
});
