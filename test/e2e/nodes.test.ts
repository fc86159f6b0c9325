import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { freePort, type Person, type Stack, send, startStack } from "../support/stack.ts";

const databases = await postgresDatabases();
const platforms = ["whatsapp", "instagram", "messenger", "telegram"] as const;
/** Beyond the lease of 5 s. */
const stoppedMs = 8_000;

/** Three gateways on one database; the first has the simulator and stands where a proxy would. */
async function nodes(): Promise<[Stack, Stack, Stack]> {
  const env: Record<string, string> = {
    DATABASE_URL: await databases.create(),
    ANTIPHON_API_KEY: "the key of all the nodes",
    LOG_LEVEL: "info",
  };
  const port = await freePort();
  env.ANTIPHON_PUBLIC_URL = `http://127.0.0.1:${port}`;
  const place = {
    port,
    simulatorPort: await freePort(),
    dataDir: await mkdtemp(join(tmpdir(), "antiphon-")),
  };
  const first = await startStack({ env, from: { ...place, key: env.ANTIPHON_API_KEY! } });
  const shared = {
    ...env,
    SIMULATOR_PORT: String(first.simulatorPort),
    ANTIPHON_SECRET_KEY_FILE: join(first.dataDir, "secret-key"),
  };
  const others = await Promise.all([1, 2].map(() => startStack({ command: "serve", env: shared })));
  return [first, others[0]!, others[1]!];
}

function said({ stdout, stderr }: Stack, words: string): boolean {
  return stdout.includes(words) || stderr.includes(words);
}

async function shown(stack: Stack, person: Person): Promise<string[]> {
  const screen = await stack.screen(person);
  return screen
    .filter(({ from }) => from === "business")
    .map((message) => message.text?.body ?? message.text);
}

/** Who signs in at one is signed in at the other with the next request. Without TLS the cookie has the port's name. */
async function demandSignedIn(at: Stack, next: Stack): Promise<void> {
  const ownPage = { "sec-fetch-site": "same-origin", "x-antiphon-console": "1" };
  const signIn = await send(`${at.url}/v1/session`, "POST", { key: at.key }, ownPage);
  assert.equal(signIn.status, 201, signIn.text);
  const cookie = String(signIn.headers["set-cookie"])
    .split(";")[0]!
    .replace(`_${at.port}=`, `_${next.port}=`);
  const me = await send(`${next.url}/v1/me`, "GET", undefined, { ...ownPage, cookie });
  assert.equal(me.status, 200, me.text);
}

test("three gateways on one database lose, double and reorder nothing when one is killed and one is stopped beyond its lease", async (t) => {
  const all = await nodes();
  const [first, killed, stopped] = all;
  try {
    const people: Person[] = [];
    for (const platform of platforms) people.push((await first.people(platform))[0]!);
    for (const person of people) await first.act(person, { act: "say", text: "hello" });
    await eventually("shares", () => all.every((node) => said(node, "takes work up")) || undefined);
    await demandSignedIn(first, killed);
    const ids: string[] = [];
    const sent: { to: string; text: string; id: string }[] = [];
    const post = async (by: Stack, n: number) => {
      for (const { channel: from, address: to } of people) {
        const body = { from, to, content: { text: { body: `message ${String(n).padStart(2, "0")}` } } };
        const { status, json, text } = await by.call("POST", "/v1/messages", body);
        assert.equal(status, 202, text);
        ids.push(json.id);
        sent.push({ to, text: body.content.text.body, id: json.id });
      }
    };
    for (let n = 0; n < 6; n++) await post(all[n % 3]!, n);
    killed.child.kill("SIGKILL");
    stopped.child.kill("SIGSTOP");
    const began = performance.now();
    for (let n = 6; n < 12; n++) await post(first, n);
    const statusOf = async (id: string) => (await first.call("GET", `/v1/messages/${id}`)).json.status;
    const isOver = async (id: string) => !["accepted", "sending", "queued"].includes(await statusOf(id));
    await eventually(
      "end of all",
      async () => (await Promise.all(ids.map(isOver))).every(Boolean) || undefined,
    );
    const tookMs = performance.now() - began;
    t.diagnostic(`all that was accepted had left ${Math.round(tookMs)} ms after the kill`);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, stoppedMs - tookMs)));
    stopped.child.kill("SIGCONT");
    await eventually("return", () => said(stopped, "has lost what it worked for") || undefined);
    await post(stopped, 12);
    await eventually(
      "end of all",
      async () => (await Promise.all(ids.map(isOver))).every(Boolean) || undefined,
    );
    const statuses = await Promise.all(ids.map(statusOf));
    for (const person of people) {
      const texts = (await shown(first, person)).filter((text) => text.startsWith("message "));
      assert.deepEqual(texts, [...new Set(texts)].sort(), `${person.platform}: once each, in order`);
      // What was under way at the kill may not have arrived: then it is told as unknown.
      const lost = sent.filter(({ to, text }) => to === person.address && !texts.includes(text));
      for (const { id, text } of lost) assert.equal(await statusOf(id), "unknown", text);
    }
    t.diagnostic(
      `statuses: ${JSON.stringify(Object.entries(Object.groupBy(statuses, (one) => one)).map(([status, of]) => [status, of?.length]))}`,
    );
    assert.ok(statuses.every((status) => ["sent", "delivered", "read", "unknown"].includes(status)));
  } finally {
    stopped.child.kill("SIGCONT");
    await Promise.all(all.map((node) => node[Symbol.asyncDispose]()));
  }
});
