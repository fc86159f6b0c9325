import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Stack, type StackOptions, send, spawnStack, startStack } from "../support/stack.ts";

const newKey = () => randomBytes(32).toString("base64");

async function keyFile(t: TestContext, text = `${newKey()}\n`): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "antiphon-key-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "secret-key");
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** A start that must fail: exit 1 and one sentence. */
async function refusesToStart(options: StackOptions, sentence: RegExp): Promise<void> {
  const stack = await spawnStack(options);
  await stack.ended;
  assert.equal(stack.child.exitCode, 1, stack.stderr);
  assert.match(stack.stderr, sentence);
  assert.equal(stack.stderr.trimEnd().split("\n").length, 1, stack.stderr);
  if (!options.from) await stack[Symbol.asyncDispose]();
}

const asText = (body: string) => ({ content: { text: { body } } });

test("a key file that others read, that holds no key, or that is not there: one line each that says what to type", async (t) => {
  const file = await keyFile(t);
  const env = { ANTIPHON_SECRET_KEY_FILE: file };
  await chmod(file, 0o640);
  await refusesToStart(
    { command: "serve", env },
    /secret-key can be read by others\. Type: chmod 600 \S+secret-key \(.*Kubernetes.* ANTIPHON_SECRET_KEY instead\)$/m,
  );
  await chmod(file, 0o600);
  await writeFile(file, "correct horse battery staple");
  await refusesToStart(
    { command: "serve", env },
    /secret-key must hold 32 random bytes in base64 or hex \(openssl rand -base64 32\)/,
  );
  await refusesToStart(
    { command: "serve", env: { ANTIPHON_SECRET_KEY_FILE: `${file}-elsewhere` } },
    /secret-key-elsewhere cannot be read \(ENOENT\)\./,
  );
  const weak = "hunter2".repeat(6);
  await refusesToStart(
    { command: "serve", env: { ANTIPHON_SECRET_KEY: weak } },
    /^(?!.*hunter2)ANTIPHON_SECRET_KEY must be 32 random bytes/,
  );
});

test("a key file of another user is refused with what to type", async (t) => {
  const isRoot = process.getuid?.() === 0;
  // Whoever is not root cannot give a file away, and there is one of root's that all may read.
  const file = isRoot ? await keyFile(t) : "/etc/passwd";
  if (isRoot) await chown(file, 12_345, 12_345);
  await refusesToStart(
    { command: "serve", env: { ANTIPHON_SECRET_KEY_FILE: file } },
    /belongs to another user \(\d+\), who can read it\. Type: chown \d+ \S+ && chmod 600 /,
  );
});

test("without a setting the key is made beside the data, for its owner alone, and serve says what that is worth", async () => {
  await using stack = await startStack({ command: "serve" });
  const file = join(stack.dataDir, "secret-key");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await readFile(file, "utf8"), /^[A-Za-z0-9+/]{43}=\n$/);
  const [line, ...others] = stack.stdout.split("\n").filter((one) => one.includes("secret-key"));
  assert.match(
    line ?? "",
    /beside the data it protects only copies of the database.*ANTIPHON_SECRET_KEY_FILE=/,
  );
  assert.deepEqual(others, []);
  assert.equal(await stack.stop(), 0);

  const kept = await readFile(file, "utf8");
  await rm(file);
  await refusesToStart(
    { command: "serve", from: stack },
    /sealed with the key [0-9a-f]{8}, and there is none in \S+secret-key\. Put it back/,
  );
  await writeFile(file, `${newKey()}\n`, { mode: 0o600 });
  await refusesToStart(
    { command: "serve", from: stack },
    /sealed with the key [0-9a-f]{8}, but \S+secret-key holds [0-9a-f]{8}\./,
  );
  await rm(file);
  const again = await startStack({
    command: "serve",
    from: stack,
    env: { ANTIPHON_SECRET_KEY: kept.trim() },
  });
  assert.ok(!again.stdout.includes("secret-key"), "nothing lies beside the data");
  assert.equal(await again.stop(), 0);
});

/** Sends until it is told to stop; gives how many were taken, and fails at the first that was not. */
async function load(stack: Stack, signal: AbortSignal): Promise<string[]> {
  const people = await stack.people("telegram");
  const sent: string[] = [];
  while (!signal.aborted) {
    const body = {
      from: people[0]!.channel,
      to: people[sent.length % 2]!.address,
      ...asText(`No. ${sent.length}`),
    };
    const { status, json, text } = await stack.call("POST", "/v1/messages", body, {
      "idempotency-key": `load-${stack.child.pid}-${sent.length}`,
    });
    assert.equal(status, 202, text);
    sent.push(json.id);
  }
  return sent;
}

test("the key changes under load, the old one is taken away, and all is readable, after a restart and a kill too", async (t) => {
  const [old, next, last] = [newKey(), newKey(), newKey()];
  const file = await keyFile(t, `${old}\n`);
  const env = { ANTIPHON_SECRET_KEY_FILE: file };
  await using stack = await startStack({ env });
  const before = (await stack.call("GET", "/v1/secrets")).json;
  assert.equal(before.state, "done");
  const refused = await stack.call("POST", "/v1/secrets/rotate");
  assert.equal(refused.status, 409);
  assert.match(refused.json.detail, /is the one in force \([0-9a-f]{8}\)\. Put a new one before it\./);
  const body = { url: `${stack.url}/healthz` };
  const made = await stack.call("POST", "/v1/endpoints", body, { "idempotency-key": "made" });
  assert.equal(made.status, 201, made.text);

  const stop = new AbortController();
  const loading = load(stack, stop.signal);
  await eventually("a row for every table, and more than one part", async () => {
    const { json } = await stack.call("GET", "/v1/messages?limit=200");
    return json.data.length >= 150 || undefined;
  });
  await writeFile(file, `${next}\n${old}\n`);
  const begun = await stack.call("POST", "/v1/secrets/rotate");
  assert.equal(begun.status, 202, begun.text);
  assert.notEqual(begun.json.master_key, before.master_key);
  await writeFile(file, `${next}\n`);
  const done = await eventually("the end of the change", async () => {
    const { json } = await stack.call("GET", "/v1/secrets");
    return json.state === "done" ? json : undefined;
  });
  assert.ok(done.rows.done >= 150 && done.rows.done === done.rows.total, JSON.stringify(done));
  stop.abort();
  const ids = await loading;
  t.diagnostic(`${ids.length} messages were taken meanwhile, ${done.rows.done} rows sealed anew`);
  await stack.stop("SIGKILL");

  const again = await startStack({ from: stack, env });
  t.after(() => again.stop());
  const repeated = await again.call("POST", "/v1/endpoints", body, { "idempotency-key": "made" });
  assert.equal(repeated.text, made.text, "the kept answer, with the endpoint's secret");
  assert.deepEqual((await again.call("GET", "/readyz")).json, { status: "ready" });
  for (const id of ids) assert.equal((await again.call("GET", `/v1/messages/${id}`)).status, 200);
  assert.equal(await again.stop(), 0);

  // And by a restart alone, as with a key in the environment.
  const third = await startStack({ from: stack, env: { ANTIPHON_SECRET_KEY: `${last},${next}` } });
  await eventually("the end of the change", async () => {
    const { json } = await third.call("GET", "/v1/secrets");
    return (json.state === "done" && json.master_key !== done.master_key) || undefined;
  });
  assert.equal(await third.stop(), 0);
  const fourth = await startStack({ from: stack, env: { ANTIPHON_SECRET_KEY: last } });
  assert.deepEqual((await fourth.call("GET", "/readyz")).json, { status: "ready" });
  assert.equal(await fourth.stop(), 0);
});

test("channels whose credentials changed places rest and are told; the others go on, and new credentials bring one back", async (t) => {
  await using stack = await startStack();
  const { json } = await stack.call("GET", "/v1/channels");
  const channelOf = (platform: string) =>
    json.data.find((one: { platform: string }) => one.platform === platform).id;
  const [telegram, whatsapp] = [channelOf("telegram"), channelOf("whatsapp")];
  assert.equal(await stack.stop(), 0);
  const db = new DatabaseSync(join(stack.dataDir, "antiphon.db"));
  const read = db.prepare("SELECT credentials FROM channels WHERE id = ?");
  const write = db.prepare("UPDATE channels SET credentials = ? WHERE id = ?");
  const [first, second] = [read.get(telegram)?.credentials, read.get(whatsapp)?.credentials];
  write.run(second!, telegram);
  write.run(first!, whatsapp);
  db.close();

  const again = await startStack({ from: stack });
  t.after(() => again.stop());
  const ready = await again.call("GET", "/readyz");
  assert.deepEqual(
    [ready.status, [...ready.json.set_aside].sort()],
    [
      200,
      [telegram, whatsapp]
        .map((id) => `the credentials or the settings of channel ${id} cannot be read`)
        .sort(),
    ],
  );
  assert.equal((await again.call("GET", "/healthz")).status, 200);
  const shown = (await again.call("GET", `/v1/channels/${telegram}`)).json;
  assert.equal(shown.paused, true);
  assert.match(shown.paused_reason, /cannot be read.*PATCH \/v1\/channels\//);
  const lines = again.stderr.split("\n").filter((line) => line.includes(telegram));
  assert.ok(
    lines.some((line) => line.includes("cannot be read") && line.includes('"level":"error"')),
    again.stderr,
  );

  const webhook = await send(`${again.url}/webhooks/whatsapp/${whatsapp}`, "POST", "{}", {
    "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
  });
  assert.equal(webhook.status, 503, "it is to come again");
  const resumed = await again.call("PATCH", `/v1/channels/${telegram}`, { paused: false });
  assert.equal(resumed.status, 409);

  const messenger = (await again.people("messenger"))[0]!;
  const on = await again.call("POST", "/v1/messages", {
    from: messenger.channel,
    to: messenger.address,
    ...asText("Still here"),
  });
  await eventually("the other channel's message", async () => {
    const { json: one } = await again.call("GET", `/v1/messages/${on.json.id}`);
    return ["sent", "delivered", "read"].includes(one.status) || undefined;
  });
  const person = (await again.people("telegram"))[0]!;
  const waits = await again.call("POST", "/v1/messages", {
    from: telegram,
    to: person.address,
    ...asText("Later"),
  });
  assert.equal(waits.status, 202, waits.text);
  const accounts = (await again.simulate("GET", "/accounts")).json.data;
  const { token } = accounts.find((one: { platform: string }) => one.platform === "telegram");
  const given = await again.call("PATCH", `/v1/channels/${telegram}`, { credentials: { bot_token: token } });
  assert.equal(given.status, 200, given.text);
  assert.equal(given.json.paused, false);
  await eventually("what waited", async () => {
    const { json: one } = await again.call("GET", `/v1/messages/${waits.json.id}`);
    return one.status === "sent" || undefined;
  });
  assert.equal((await again.call("GET", "/readyz")).json.set_aside.length, 1);
  const events = (await again.call("GET", "/v1/events?type=channel.paused,channel.resumed&limit=20")).json
    .data;
  const told = events.map(
    (event: { type: string; channel: { id: string } }) => `${event.type} ${event.channel.id}`,
  );
  assert.deepEqual(
    told.sort(),
    [`channel.paused ${telegram}`, `channel.paused ${whatsapp}`, `channel.resumed ${telegram}`].sort(),
  );
  assert.equal(await again.stop(), 0);
  const third = await startStack({ from: stack });
  t.after(() => third.stop());
  const later = (await third.call("GET", "/v1/events?type=channel.paused&limit=20")).json.data;
  assert.equal(later.length, 2, "a restart tells nothing twice");
});
