import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { type Person, type Stack, spawnStack, startStack } from "../support/stack.ts";

const databases = await postgresDatabases();
const root = join(import.meta.dirname, "..", "..");
const messages = Number(process.env.ANTIPHON_MOVE_MESSAGES ?? 40);
const platforms = ["telegram", "whatsapp", "messenger"] as const;

/** `npm run move`, as it is typed. */
async function move(stack: Stack, url: string) {
  const env = { PATH: process.env.PATH, ANTIPHON_DATA: stack.dataDir, DATABASE_URL: url };
  const command = [join(root, "src", "main.ts"), "move"];
  const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  const [status] = await once(child, "close");
  return { status, ...said };
}

interface Watch {
  onAccepted(): void;
  /** Nothing is posted any more: the test has ended. */
  over: AbortSignal;
}

/** Posts in order, each again and again with its key until it has been answered with a 202, whoever answers and whenever. */
async function client(stack: () => Stack, person: Person, { onAccepted, over }: Watch): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < messages; n++) {
    const body = { from: person.channel, to: person.address, content: { text: { body: `message ${n}` } } };
    const headers = { "idempotency-key": `${person.id}-${n}` };
    for (;;) {
      over.throwIfAborted();
      const answer = await stack()
        .call("POST", "/v1/messages", body, headers)
        .catch(() => undefined);
      if (answer?.status === 202) {
        ids.push(answer.json.id);
        onAccepted();
        break;
      }
      assert.ok(answer === undefined || [409, 429, 503].includes(answer.status), answer?.text ?? "");
      // As any client would between two tries.
      await pause(50);
    }
  }
  return ids;
}

async function shown(stack: Stack, person: Person): Promise<string[]> {
  const screen = await stack.screen(person);
  return screen
    .filter(({ from }) => from === "business")
    .map((message) => message.text?.body ?? message.text)
    .filter((text) => String(text).startsWith("message "));
}

for (const signal of ["SIGTERM"] as const) {
  test(`moved under load after ${signal}: every 202 is there once by its id, each person got each message once and in order, each event was told once`, async () => {
    const url = await databases.create();
    const env = { ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true" };
    await using endpoint = await Endpoint.listen();
    // The simulator goes on by itself, as platforms do.
    const first = await startStack();
    const people = await Promise.all(platforms.map(async (name) => (await first.people(name))[0]!));
    await first.stop();
    await using simulator = await startStack({ command: "simulator", from: first });
    for (const person of people) await simulator.act(person, { act: "say", text: "hello" });
    const ended = new AbortController();
    let gateway = await startStack({ command: "serve", from: first, env });
    try {
      await endpoint.register(gateway, { ordered: true });
      const reached = Promise.withResolvers<void>();
      let accepted = 0;
      const half = () => {
        if (++accepted >= (messages * people.length) / 2) reached.resolve();
      };
      const clients = Promise.all(
        people.map((person) => client(() => gateway, person, { onAccepted: half, over: ended.signal })),
      );
      // Told when it is awaited, also where the test fails before.
      clients.catch(() => {});
      await Promise.race([reached.promise, clients]);
      await gateway.stop(signal);
      const moved = await move(gateway, url);
      assert.equal(moved.status, 0, moved.stderr);
      gateway = await startStack({ command: "serve", from: first, env: { ...env, DATABASE_URL: url } });
      const ids = (await clients).flat();
      assert.equal(new Set(ids).size, messages * people.length);
      const wanted = Array.from({ length: messages }, (_, n) => `message ${n}`);
      for (const person of people) {
        await eventually(`all on ${person.id}'s screen`, async () =>
          (await shown(simulator, person)).length >= messages ? true : undefined,
        );
        assert.deepEqual(await shown(simulator, person), wanted);
      }
      const sent = (id: string) =>
        endpoint.delivered.filter(({ event }) => event.type === "message.sent" && event.message.id === id);
      await eventually("every event", () => ids.every((id) => sent(id).length > 0) || undefined);
      for (const id of ids) assert.equal(sent(id).length, 1, id);
      const events = endpoint.delivered.map(({ event }) => event.id);
      assert.equal(new Set(events).size, events.length);
      for (const id of ids) assert.equal((await gateway.call("GET", `/v1/messages/${id}`)).json.id, id);
    } finally {
      ended.abort();
      await gateway.stop("SIGKILL");
    }
  });
}

/** A start that is to be refused. */
async function refused(from: Stack): Promise<string> {
  const stack = await spawnStack({ command: "serve", from });
  await eventually("its end or its start", () =>
    stack.child.exitCode !== null || stack.stdout.includes("listens") ? true : undefined,
  );
  assert.equal(await stack.stop(), 1);
  return stack.stderr;
}

test("the command refuses a running gateway, marks the file so that none starts on it, and tells what to do next", async () => {
  const url = await databases.create();
  await using stack = await startStack();
  const file = join(stack.dataDir, "antiphon.db");
  const running = await move(stack, url);
  assert.deepEqual([running.status, running.stdout], [1, ""]);
  assert.match(running.stderr, /A gateway runs on .*antiphon\.db\. Stop it first/);
  const list = await stack.call("GET", "/v1/messages");
  await stack.stop();
  assert.match((await move(stack, "")).stderr, /Type: DATABASE_URL=/);
  const moved = await move(stack, url);
  assert.equal(moved.status, 0, moved.stderr);
  assert.match(moved.stdout, /^Moved to the database .*each table the same on both sides/m);
  assert.deepEqual(moved.stdout.match(/^\d\. /gm)?.length, 3);
  assert.match((await move(stack, url)).stderr, /It was moved to .*Start with DATABASE_URL/);
  assert.match(
    await refused(stack),
    /would be sent twice.*Start with DATABASE_URL.*rm .*antiphon\.db\.moved/,
  );
  rmSync(`${file}.moved`);
  await using back = await startStack({ from: stack });
  const again = await back.call("GET", "/v1/messages");
  assert.ok(list.json.data.length > 0);
  assert.deepEqual(
    again.json.data.map(({ id }: { id: string }) => id),
    list.json.data.map(({ id }: { id: string }) => id),
  );
});
