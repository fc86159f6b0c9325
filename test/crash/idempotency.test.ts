import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const twins = 1_000;
/** The gateway is killed once so many of the twins are written out, or have their answer. */
type Instant = { written: number } | { answered: number };
const instants: Instant[] = [
  { written: 1 },
  { written: 200 },
  { written: twins },
  { answered: 1 },
  { answered: 500 },
];

interface Answered {
  status: number;
  contentType: string | undefined;
  text: string;
  isReplayed: boolean;
}

let first: Stack;
let simulator: Stack;
let person: Person;
let gateway: Stack;

before(async () => {
  first = await startStack();
  await first.stop();
  simulator = await startStack({ command: "simulator", from: first });
  // Nothing echoes on Telegram, so that a call that was cut short is settled at the next start.
  [person] = (await simulator.people("telegram")) as [Person];
  gateway = await startStack({ command: "serve", from: first });
});
after(async () => {
  await gateway.stop();
  await simulator[Symbol.asyncDispose]();
});

/** Told how far each of the twins has come. */
type Watch = (step: "written" | "answered") => void;

/** One POST on a socket of its own; gives nothing where the kill took its answer. */
function post(text: string, key: string | undefined, watch: Watch): Promise<Answered | undefined> {
  const body = { from: person.channel, to: person.address, content: { text: { body: text } } };
  const headers = {
    authorization: `Bearer ${gateway.key}`,
    "content-type": "application/json",
    ...(key !== undefined && { "idempotency-key": key }),
  };
  return new Promise((resolve) => {
    const asking = request(`${gateway.url}/v1/messages`, { method: "POST", headers, agent: new Agent() });
    asking.on("error", () => resolve(undefined));
    asking.on("finish", () => watch("written"));
    asking.on("response", async (response) => {
      const chunks = await response.toArray().catch(() => undefined);
      if (chunks === undefined) return resolve(undefined);
      watch("answered");
      resolve({
        status: response.statusCode!,
        contentType: response.headers["content-type"],
        text: Buffer.concat(chunks).toString(),
        isReplayed: response.headers["idempotency-replayed"] === "true",
      });
    });
    asking.end(JSON.stringify(body));
  });
}

/** So many equal POSTs at once, a kill at an instant of it, a new start, and all of them again. */
async function throughKill(
  text: string,
  key: string | undefined,
  { count, at }: { count: number; at: Instant },
) {
  const doomed = gateway;
  const done = { written: 0, answered: 0 };
  let killing: Promise<unknown> | undefined;
  const watch: Watch = (step) => {
    done[step]++;
    const isTime = "written" in at ? done.written >= at.written : done.answered >= at.answered;
    if (isTime) killing ??= doomed.stop("SIGKILL");
  };
  const begun = await Promise.all(Array.from({ length: count }, () => post(text, key, watch)));
  assert.ok(killing, "the kill came");
  await killing;
  gateway = await startStack({ command: "serve", from: first });
  const repeated = await Promise.all(Array.from({ length: count }, () => post(text, key, () => {})));
  return { begun: begun.filter((answer) => answer !== undefined), repeated };
}

async function stored(text: string): Promise<{ id: string; status: string }[]> {
  const { json } = await gateway.call("GET", "/v1/messages?limit=200&direction=out");
  assert.equal(json.next_cursor, null);
  return json.data.filter(
    ({ content }: { content: { text?: { body: string } } }) => content.text?.body === text,
  );
}

async function settled(text: string): Promise<string> {
  return eventually(`an end of "${text}"`, async () => {
    const [message] = await stored(text);
    return ["accepted", "sending"].includes(message!.status) ? undefined : message!.status;
  });
}

async function shown(text: string): Promise<number> {
  return (await simulator.screen(person)).filter((message) => message.text === text).length;
}

const pause = async (paused: boolean) =>
  assert.equal((await gateway.call("PATCH", `/v1/channels/${person.channel}`, { paused })).status, 200);

for (const isPaused of [true, false]) {
  for (const at of instants) {
    const when = "written" in at ? `${at.written} were written` : `${at.answered} were answered`;
    const where = isPaused ? "nothing leaves meanwhile" : "the message may be leaving";
    test(`${twins} equal POSTs, killed when ${when}, while ${where}: one message, one answer`, async (t) => {
      const text = `${when}, ${isPaused}`;
      await pause(isPaused);
      const { begun, repeated } = await throughKill(text, `key-${when}-${isPaused}`.replaceAll(" ", "-"), {
        count: twins,
        at,
      });
      const answers = [...begun, ...repeated];
      assert.ok(
        answers.every((answer) => answer !== undefined),
        "every repeated one is answered",
      );
      assert.equal(new Set(answers.map(({ text: body }) => body)).size, 1, "byte for byte");
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
      assert.equal(new Set(answers.map(({ contentType }) => contentType)).size, 1);
      const messages = await stored(text);
      assert.deepEqual(
        messages.map(({ id }) => id),
        [JSON.parse(answers[0]!.text).id],
      );

      await pause(false);
      const status = await settled(text);
      // Only a call that the kill met on its way may be unknown, and have been lost on it.
      if (status === "unknown" && !isPaused) assert.ok((await shown(text)) <= 1);
      else assert.deepEqual([status, await shown(text)], ["sent", 1]);
      const wasStored = repeated.every((answer) => answer!.isReplayed);
      t.diagnostic(
        `${begun.length} answered before the kill; ${wasStored ? "" : "not "}stored by then; ${status}`,
      );
    });
  }
}

test("the same without a key makes many messages, so that a double could be seen", async () => {
  await pause(true);
  const { begun, repeated } = await throughKill("no key", undefined, { count: 20, at: { answered: 10 } });
  assert.ok(begun.length >= 10);
  assert.ok((await stored("no key")).length >= begun.length + repeated.length);
});
