import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { freePort, type Stack, type StackOptions, send, spawnStack, startStack } from "../support/stack.ts";

/** Waits for an end that was not asked for; gives code and stderr. */
async function ended(stack: Stack): Promise<{ code: number | null; stderr: string }> {
  await stack.ended;
  return { code: stack.child.exitCode, stderr: stack.stderr };
}

/** A start that must fail: one line for each sentence, exit 1, no stack, no banner. */
async function refusesToStart(options: StackOptions, ...sentences: RegExp[]): Promise<void> {
  await using stack = await spawnStack(options);
  await assertRefused(stack, sentences);
}

async function assertRefused(stack: Stack, sentences: RegExp[]): Promise<void> {
  const { code, stderr } = await ended(stack);
  assert.equal(code, 1, stderr);
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, sentences.length, stderr);
  for (const [index, sentence] of sentences.entries()) assert.match(lines[index] ?? "", sentence);
  assert.doesNotMatch(stderr, /\n\s+at |node:internal/);
  assert.doesNotMatch(stack.stdout, /ready|listens/);
}

async function occupiedPort(t: TestContext, host = "127.0.0.1"): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

const answers = async (url: string) =>
  (await send(url, "GET", undefined, {}).catch(() => undefined))?.status !== undefined;

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

for (const command of ["start", "serve"] as const)
  test(`${command}: a port in use is one line that names another, and exit 1`, async (t) => {
    const port = await occupiedPort(t);
    await refusesToStart(
      { command, env: { PORT: String(port) } },
      new RegExp(
        `^Port ${port} is in use\\..*: PORT=\\d+ npm ${command === "start" ? "start" : "run serve"}$`,
      ),
    );
  });

for (const command of ["start", "simulator"] as const)
  test(`${command}: a simulator's port in use is one line that names another, and exit 1`, async (t) => {
    const port = await occupiedPort(t);
    await refusesToStart(
      { command, env: { SIMULATOR_PORT: String(port) } },
      new RegExp(`^Port ${port} is in use\\..*: SIMULATOR_PORT=\\d+ npm (start|run simulator)$`),
    );
  });

for (const command of ["start", "serve", "simulator"] as const)
  test(`${command}: a folder that cannot be written is one line that says what to set, and exit 1`, async (t) => {
    const parent = await mkdtemp(join(tmpdir(), "antiphon-unwritable-"));
    t.after(() => rm(parent, { recursive: true, force: true }));
    const file = join(parent, "a-file");
    await writeFile(file, "");
    await refusesToStart(
      { command, env: { ANTIPHON_DATA: file } },
      /^The folder \S+ cannot be written \(E[A-Z]+\)\. Set ANTIPHON_DATA to .*: ANTIPHON_DATA=/,
    );
  });

test("wrong values are one line each, all at once", async () => {
  await refusesToStart(
    {
      env: { PORT: "http", LOG_LEVEL: "loud", ANTIPHON_TRUST_PROXY: "perhaps", ANTIPHON_PUBLIC_URL: "here" },
    },
    /^PORT is "http"; it must be a port from 1 to 65535, for example 8080\.$/,
    /^ANTIPHON_PUBLIC_URL is "here"; it must be a URL/,
    /^ANTIPHON_TRUST_PROXY is "perhaps"; it must be true or false\.$/,
    /^LOG_LEVEL is "loud"; it must be one of /,
  );
});

test("a key that is too short is refused without being shown", async () => {
  await using stack = await spawnStack({ env: { ANTIPHON_API_KEY: "hunter2hunter2" } });
  await assertRefused(stack, [/^ANTIPHON_API_KEY must be 16 or more /]);
  assert.ok(!stack.stderr.includes("hunter2"));
});

test("an address that is not this machine's is one line that says which setting, and exit 1", async () => {
  await refusesToStart({ command: "serve", env: { HOST: "192.0.2.1" } }, /HOST/);
});

test("start refuses an address that others reach, and says what to type", async () => {
  await refusesToStart(
    { env: { HOST: "0.0.0.0" } },
    /^HOST is 0\.0\.0\.0, .*type: HOST=0\.0\.0\.0 npm run serve$/,
  );
});

test("an unknown command is one line that names the known ones", async () => {
  await refusesToStart({ command: "fly" as "start" }, /npm start.*npm run serve.*npm run simulator/);
});

test("a second gateway on the same data folder is one line that says what to type, and the first goes on", async () => {
  await using first = await startStack();
  const place = { port: await freePort(), simulatorPort: await freePort(), dataDir: first.dataDir };
  for (const command of ["start", "serve"] as const) {
    const second = await spawnStack({ command, from: place as Stack });
    await assertRefused(second, [/in use by another process.*ANTIPHON_DATA=/]);
  }
  const { status } = await first.call("GET", "/v1/channels");
  assert.equal(status, 200);
});

test("start keeps its key, readable by its owner alone, and shows the same at the next start", async () => {
  await using first = await startStack();
  const file = join(first.dataDir, "api-key");
  assert.equal((await readFile(file, "utf8")).trim(), first.key);
  assert.equal(await modeOf(file), 0o600);
  assert.equal(await first.stop(), 0);
  const second = await startStack({ from: first });
  assert.ok(second.stdout.includes(first.key));
  assert.equal((await second.call("GET", "/v1/channels", undefined, { "x-api-key": first.key })).status, 200);
  assert.equal(await second.stop(), 0);
});

test("a key from the environment is kept too, and replaces an earlier one", async () => {
  const key = "chosen-by-the-operator-0123";
  await using first = await startStack();
  assert.equal(await first.stop(), 0);
  const second = await startStack({ from: first, env: { ANTIPHON_API_KEY: key } });
  const file = join(first.dataDir, "api-key");
  assert.equal((await readFile(file, "utf8")).trim(), key);
  assert.equal(await modeOf(file), 0o600);
  assert.ok(second.stdout.includes(key));
  const before = await second.call("GET", "/v1/channels", undefined, {
    authorization: `Bearer ${first.key}`,
  });
  assert.equal(before.status, 401);
  assert.equal((await second.call("GET", "/v1/channels")).status, 200);
  assert.equal(await second.stop(), 0);
  const third = await startStack({ from: second });
  assert.ok(third.stdout.includes(key), "without the variable the same key goes on");
  assert.equal(await third.stop(), 0);
});

const wholeKey = /ak_bootstrap_[0-9a-f]{64}_[0-9a-f]{8}/;

test("serve shows a new key once and keeps nothing but its hash", async () => {
  await using first = await startStack({ command: "serve" });
  await eventually("the key", () => wholeKey.exec(first.stdout)?.[0]);
  const key = wholeKey.exec(first.stdout)?.[0] ?? "";
  assert.equal(first.stdout.split(key).length, 2, "shown once");
  assert.ok(!first.stderr.includes(key));
  assert.equal((await first.call("GET", "/v1/channels", undefined, { "x-api-key": key })).status, 200);
  assert.deepEqual((await first.call("GET", "/v1/channels", undefined, { "x-api-key": key })).json.data, []);
  assert.equal(await first.stop(), 0);

  const second = await startStack({ command: "serve", from: first });
  assert.doesNotMatch(second.stdout, /ak_/);
  assert.equal(
    (await second.call("GET", "/v1/channels", undefined, { authorization: `Bearer ${key}` })).status,
    200,
  );
  for (const file of await filesBelow(first.dataDir))
    assert.ok(!(await readFile(file)).includes(key), `${file} holds the key`);
  assert.equal(await second.stop(), 0);
});

test("what the gateway keeps is readable by its owner alone, whatever the umask", async (t) => {
  const parent = await mkdtemp(join(tmpdir(), "antiphon-umask-"));
  t.after(() => rm(parent, { recursive: true, force: true }));
  const place = { port: await freePort(), simulatorPort: await freePort(), dataDir: join(parent, "made") };
  const wrap = ["sh", "-c", 'umask 000; exec "$0" "$@"'];
  await using stack = await startStack({ from: place as Stack, wrap });
  assert.equal(await modeOf(stack.dataDir), 0o700);
  for (const name of await readdir(stack.dataDir)) {
    if (name === "simulator") continue;
    assert.equal((await modeOf(join(stack.dataDir, name))) & 0o077, 0, name);
  }
  assert.equal(await modeOf(join(stack.dataDir, "simulator")), 0o700);
});

test("a request that is under way when the gateway stops is answered, and its connection holds nothing up", async () => {
  await using stack = await startStack({ command: "serve" });
  const socket = connect(stack.port, "127.0.0.1");
  let got = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    got += text;
  });
  const body = '{"from":"nobody","to":"+15550100001","content":{"text":{"body":"hello"}}}';
  const head = `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${stack.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 10));
  // The server has read the head once it answers what was sent after it.
  assert.equal(await answers(`${stack.url}/healthz`), true);
  const exited = once(stack.child, "exit");
  stack.child.kill("SIGTERM");
  await eventually("a closed port", async () => ((await answers(`${stack.url}/healthz`)) ? undefined : true));
  socket.write(body.slice(10));
  // Held up, it would be 1: src/shutdown.ts.
  assert.deepEqual(await exited, [0, null], stack.stderr);
  await eventually("its answer", () => got || undefined);
  assert.match(got, /^HTTP\/1\.1 404 /);
  socket.destroy();
});

for (const signal of ["SIGTERM", "SIGINT"] as const)
  for (const command of ["start", "serve", "simulator"] as const)
    test(`${command} ends with 0 on ${signal}`, async () => {
      await using stack = await startStack({ command });
      assert.equal(await stack.stop(signal), 0, stack.stderr);
      assert.equal(await answers(`${stack.url}/healthz`), false);
      assert.equal(await answers(`${stack.simulatorUrl}/simulator/accounts`), false);
    });

test("a second identical signal right after the first is npm's forward and is ignored", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using stack = await startStack();
    const exited = once(stack.child, "exit");
    stack.child.kill(signal);
    stack.child.kill(signal);
    assert.deepEqual(await exited, [0, null], stack.stderr);
  }
});

test("the simulator that start made dies with its gateway, also when that is killed", async () => {
  await using stack = await startStack();
  assert.equal(await answers(`${stack.simulatorUrl}/simulator/accounts`), true);
  await stack.stop("SIGKILL");
  await eventually("the simulator's end", async () =>
    (await answers(`${stack.simulatorUrl}/simulator/accounts`)) ? undefined : true,
  );
  const again = await startStack({ from: stack });
  assert.equal(await again.stop(), 0, "ports and folder are free again");
});

test("serve on an address that others reach suspends simulated channels with one line", async () => {
  await using first = await startStack();
  const { natural_id } = (await first.call("GET", "/v1/channels")).json.data[0];
  const count = (await first.call("GET", "/v1/channels")).json.data.length;
  assert.equal(await first.stop(), 0);

  const open = await startStack({
    command: "serve",
    from: first,
    env: { HOST: "0.0.0.0", LOG_LEVEL: "warn", ANTIPHON_API_KEY: first.key },
  });
  const lines = open.stderr.trimEnd().split("\n");
  assert.equal(lines.length, 1, open.stderr);
  assert.match(lines[0] ?? "", new RegExp(`^${count} simulated channels? (is|are) suspended`));
  const { json } = await open.call("GET", `/v1/channels/${natural_id}`);
  assert.equal(json.paused, true);
  assert.equal(json.receiving.state, "waiting");
  const webhook = await send(`${open.url}/webhooks/${json.platform}/${json.id}`, "POST", "{}", {});
  assert.equal(webhook.status, 404);
  const another = await open.call("POST", "/v1/channels", {
    platform: "whatsapp",
    simulated: true,
    credentials: { phone_number_id: "1", access_token: "x", app_secret: "y", waba_id: "2" },
  });
  assert.equal(another.status, 422);
  assert.equal(await open.stop(), 0);

  const back = await startStack({ from: first });
  const resumed = await back.call("GET", `/v1/channels/${natural_id}`);
  assert.equal(resumed.json.paused, false);
  assert.deepEqual(resumed.json.receiving, { state: "ok" });
  assert.equal(await back.stop(), 0);
});

test("metrics need no key on this machine, and the key whenever a proxy may have passed a stranger on", async () => {
  for (const ANTIPHON_TRUST_PROXY of ["false", "true"]) {
    await using stack = await startStack({ command: "serve", env: { ANTIPHON_TRUST_PROXY } });
    const ask = (headers: Record<string, string>) => send(`${stack.url}/metrics`, "GET", undefined, headers);
    assert.equal((await ask({})).status, 200);
    for (const [name, value] of [
      ["x-forwarded-for", "203.0.113.9"],
      ["x-forwarded-for", "127.0.0.1"],
      ["X-Forwarded-For", "::1"],
      ["x-forwarded-host", "gateway.example"],
      ["x-forwarded-proto", "https"],
      ["forwarded", "for=127.0.0.1"],
      ["x-real-ip", "127.0.0.1"],
      ["via", "1.1 proxy"],
    ] as const) {
      const said = `${name}: ${value}, trust ${ANTIPHON_TRUST_PROXY}`;
      assert.equal((await ask({ [name]: value })).status, 401, said);
      const keyed = await ask({ [name]: value, authorization: `Bearer ${stack.key}` });
      assert.equal(keyed.status, 200, said);
    }
    for (const path of ["/healthz", "/readyz"])
      assert.equal((await send(`${stack.url}${path}`, "GET", undefined, {})).status, 200);
  }
});

test("serve and simulator live and die apart, and a simulated channel follows SIMULATOR_PORT", async (t) => {
  await using first = await startStack();
  const person = (await first.people("whatsapp"))[0]!;
  assert.equal(await first.stop(), 0);
  const gateway = await startStack({ command: "serve", from: first, env: { ANTIPHON_API_KEY: first.key } });
  t.after(() => gateway.stop());
  const accepted = await gateway.call("POST", "/v1/messages", {
    from: person.channel,
    to: person.address,
    content: { text: { body: "while the simulator is away" } },
  });
  assert.equal(accepted.status, 202, accepted.text);
  const simulator = await startStack({ command: "simulator", from: first });
  t.after(() => simulator.stop());
  await eventually(
    "the message on the screen",
    async () =>
      (await simulator.screen(person)).some((message) => message.text === "while the simulator is away") ||
      undefined,
  );
  await eventually("the webhooks", async () => {
    const { json } = await gateway.call("GET", `/v1/channels/${person.channel}`);
    return json.receiving.state === "ok" || undefined;
  });
  await simulator.act(person, { act: "say", text: "back again" });
  await eventually("what the person said", async () => {
    const { json } = await gateway.call("GET", "/v1/events?type=message.received");
    return JSON.stringify(json).includes("back again") || undefined;
  });
  assert.equal(await simulator.stop(), 0);

  const elsewhere = { port: first.port, simulatorPort: await freePort(), dataDir: first.dataDir } as Stack;
  assert.equal(await gateway.stop(), 0);
  const moved = await startStack({ from: elsewhere, env: { ANTIPHON_API_KEY: first.key } });
  t.after(() => moved.stop());
  const sent = await moved.call("POST", "/v1/messages", {
    from: person.channel,
    to: person.address,
    content: { text: { body: "on another port" } },
  });
  assert.equal(sent.status, 202);
  await eventually(
    "the message on the other port",
    async () =>
      (await moved.screen(person)).some((message) => message.text === "on another port") || undefined,
  );
});

test("the log names who sent a refused webhook: what a proxy says only where it is trusted, and of several only the last", async () => {
  for (const [trust, from] of [
    ["true", "203.0.113.9"],
    ["false", "127.0.0.1"],
  ] as const) {
    await using stack = await startStack({ env: { ANTIPHON_TRUST_PROXY: trust } });
    const [channel] = (await stack.call("GET", "/v1/channels")).json.data;
    const path = `/webhooks/${channel.platform}/${channel.id}`;
    // Those before the last are whatever the proxy's client claimed.
    const claimed = { "x-forwarded-for": "127.0.0.1, 198.51.100.7,203.0.113.9" };
    const refused = await stack.call("POST", path, { forged: true }, claimed);
    assert.equal(refused.status, 401);
    const line = await eventually("the log line", () =>
      stack.stderr.split("\n").find((one) => one.includes("a webhook was refused")),
    );
    assert.equal(JSON.parse(line).from, from);
  }
});
