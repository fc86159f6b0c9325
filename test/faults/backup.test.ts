import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { prove } from "../../src/store/sqlite/prove.ts";
import { eventually, withinMs } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const root = join(import.meta.dirname, "..", "..");
/** So many messages before the backup begins; while it is made the load goes on. */
const messages = Number(process.env.BACKUP_MESSAGES ?? 1_000);
const folder = mkdtempSync(join(tmpdir(), "antiphon-restored-"));

let first: Stack;
let simulator: Stack;
let gateway: Stack;
let people: Person[];

/** A stack's place with another folder. */
const at = (dataDir: string): Stack => Object.assign(Object.create(first), { dataDir });

before(async () => {
  first = await startStack();
  await first.stop();
  simulator = await startStack({ command: "simulator", from: first });
  gateway = await startStack({ command: "serve", from: first });
  people = [...(await simulator.people("telegram")), ...(await simulator.people("messenger"))];
  for (const person of people) await simulator.act(person, { act: "say", text: "Hello!" });
});
after(async () => {
  await gateway.stop("SIGKILL");
  await simulator[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Accepted {
  id: string;
  text: string;
  /** How long the 202 took. */
  ms: number;
  /** Had come before the backup was asked for. */
  isBefore: boolean;
}

/** Writes until it is told to stop. */
class Load {
  readonly accepted: Accepted[] = [];
  isBefore = true;
  #isOver = false;
  readonly #writers: Promise<void>[];

  constructor(writers: number) {
    this.#writers = Array.from({ length: writers }, (_, writer) => this.#write(writer));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#writers);
  }

  async #write(writer: number): Promise<void> {
    const person = people[writer % people.length]!;
    for (let index = 0; !this.#isOver; index++) {
      const text = `${writer}.${index} ${"text ".repeat(100)}`;
      const wish = { from: person.channel, to: person.address, content: { text: { body: text } } };
      const { isBefore } = this;
      const began = performance.now();
      const { status, json } = await gateway.call("POST", "/v1/messages", wish);
      assert.equal(status, 202);
      this.accepted.push({
        id: json.id,
        text,
        ms: performance.now() - began,
        isBefore: isBefore && this.isBefore,
      });
    }
  }
}

const p99 = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!;

function restore(dataDir: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, ANTIPHON_DATA: dataDir };
  const command = [join(root, "src", "main.ts"), "restore", ...args];
  return spawnSync(process.execPath, command, { env, encoding: "utf8" });
}

/** How often the platforms took each text. */
async function taken(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let cursor: string | null = "0"; cursor !== null; ) {
    const { json } = await simulator.simulate("GET", `/calls?limit=1000&cursor=${cursor}`);
    for (const { accepted, body } of json.data) {
      const text = body.message?.text ?? body.text;
      if (accepted && typeof text === "string") counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    cursor = json.next_cursor;
  }
  return counts;
}

test("a backup made under load, and gone back to after a kill, holds all that was accepted; nothing leaves twice", async (t) => {
  const load = new Load(16);
  await eventually(
    "some messages",
    () => (load.accepted.length >= messages ? true : undefined),
    4 * withinMs,
  );
  load.isBefore = false;
  const beside = load.accepted.length;
  // At once, so that none comes after the end of another.
  const answers = await Promise.all(Array.from({ length: 4 }, () => gateway.call("POST", "/v1/backups")));
  const [begun, ...others] = answers.filter(({ status }) => status === 202);
  assert.deepEqual([begun?.json.state, others], ["under_way", []], "one at a time");
  for (const answer of answers) if (answer !== begun) assert.equal(answer.status, 409);
  const { json } = begun!;
  const done = await eventually("the end of the backup", async () => {
    const backup = (await gateway.call("GET", `/v1/backups/${json.id}`)).json;
    assert.notEqual(backup.state, "failed", backup.reason);
    return backup.state === "done" ? backup : undefined;
  });
  const during = load.accepted.slice(beside).map(({ ms }) => ms);
  await load.end();
  const earlier = load.accepted.slice(0, beside).map(({ ms }) => ms);
  t.diagnostic(
    `${done.bytes} bytes in ${Date.parse(done.ended_at) - Date.parse(done.began_at)} ms; 202s at p99: ${p99(earlier).toFixed(0)} ms before, ${p99(during).toFixed(0)} ms during it (${during.length}), longest ${Math.max(...during).toFixed(0)} ms`,
  );
  assert.ok(during.length > 0, "the load went on");
  assert.equal(statSync(done.file).mode & 0o777, 0o600);
  assert.deepEqual(prove(done.file).faults, []);
  await gateway.stop("SIGKILL");

  const refused = restore(first.dataDir, done.file);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /is there already/);
  const keyless = restore(folder, done.file);
  assert.equal(keyless.status, 1, "the key that seals secrets is not in it");
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  for (const name of ["secret-key", "api-key"])
    if (existsSync(join(first.dataDir, name))) copyFileSync(join(first.dataDir, name), join(folder, name));
  const restored = restore(folder, done.file);
  assert.equal(restored.status, 0, restored.stderr);
  t.diagnostic(restored.stdout.trim());

  gateway = await startStack({ command: "serve", from: at(folder) });
  gateway.key = first.key;
  assert.match(restore(folder, done.file, "--replace").stderr, /gateway runs/);
  for (const { id, isBefore } of load.accepted) {
    if (!isBefore) continue;
    assert.equal((await gateway.call("GET", `/v1/messages/${id}`)).status, 200, `${id} was accepted before`);
  }
  const sequences = new Map<string, number>();
  const events = await allOf("/v1/events");
  for (const { conversation, sequence } of events)
    if (conversation) sequences.set(conversation.id, Math.max(sequence, sequences.get(conversation.id) ?? 0));
  const [person] = people;
  const wish = {
    from: person!.channel,
    to: person!.address,
    content: { text: { body: "after the restore" } },
  };
  const { json: next } = await gateway.call("POST", "/v1/messages", wish);
  const sent = await eventually("the event of a new message", async () => {
    const { json: page } = await gateway.call("GET", "/v1/events?type=message.sent&limit=50");
    return page.data.find((event: { message: { id: string } }) => event.message.id === next.id);
  });
  assert.equal(sent.sequence, (sequences.get(sent.conversation.id) ?? 0) + 1, "numbers go on");
  const unknown = await allOf("/v1/messages?status=unknown");
  const counts = await taken();
  assert.deepEqual(
    [...counts].filter(([, count]) => count > 1),
    [],
  );
  for (const { problem } of unknown) assert.equal(problem.code, "restored");
  await gateway.stop();
  assert.deepEqual(prove(join(folder, "antiphon.db")).faults, []);
});

// biome-ignore lint/suspicious/noExplicitAny: see Answer.json
async function allOf(path: string): Promise<any[]> {
  const rows = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const more = `${path.includes("?") ? "&" : "?"}limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const { json } = await gateway.call("GET", `${path}${more}`);
    rows.push(...json.data);
    cursor = json.next_cursor;
  }
  return rows;
}

test("what is no backup, or a damaged one, is not gone back to", () => {
  const empty = mkdtempSync(join(tmpdir(), "antiphon-restored-"));
  const file = join(empty, "nonsense.db");
  writeFileSync(file, "nonsense ".repeat(1_000));
  const { status, stderr } = restore(empty, file);
  assert.equal(status, 1);
  assert.match(stderr, /no backup of Antiphon/);
  assert.ok(!existsSync(join(empty, "antiphon.db")));
  rmSync(empty, { recursive: true });
});

test("npm run backup finds the running gateway, copies what it made, and the oldest backups go", async () => {
  await using stack = await startStack({ command: "serve", env: { ANTIPHON_KEEP_BACKUPS: "1" } });
  const env = {
    PATH: process.env.PATH,
    PORT: String(stack.port),
    ANTIPHON_DATA: stack.dataDir,
    ANTIPHON_API_KEY: stack.key,
  };
  const backup = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "src", "cli", "main.ts"), "backup", ...args], {
      env,
      encoding: "utf8",
    });
  const to = join(stack.dataDir, "elsewhere.db");
  const made = backup(to);
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /elsewhere\.db: \d+ messages, \d+ bytes, proved\./);
  assert.equal(statSync(to).mode & 0o777, 0o600);
  assert.deepEqual(prove(to).faults, []);
  const again = backup(to);
  assert.match(again.stderr, /elsewhere\.db cannot be written \(EEXIST\)/);
  const kept = readdirSync(join(stack.dataDir, "backups")).filter((name) => name.endsWith(".db"));
  assert.equal(kept.length, 1, kept.join());
  const { json } = await stack.call("GET", "/v1/backups");
  assert.deepEqual(
    json.data.map(({ id, state }: { id: string; state: string }) => [id, state]),
    [[kept[0], "done"]],
  );
});
