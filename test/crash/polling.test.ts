import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const kills = 20;
const textsPerRound = 15;

/** A repeatable sequence of numbers in [0, 1), so that a failing run can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

async function received(gateway: Stack): Promise<string[]> {
  const bodies: string[] = [];
  for (let cursor = ""; ; ) {
    const { json } = await gateway.call("GET", `/v1/events?type=message.received&limit=200${cursor}`);
    bodies.push(
      ...json.data.map((event: { message: { text?: { body: string } } }) => event.message.text?.body),
    );
    if (json.next_cursor === null) return bodies.reverse();
    cursor = `&cursor=${encodeURIComponent(json.next_cursor)}`;
  }
}

test("through 20 kills of the polling gateway no update is lost, doubled or out of order", async (t) => {
  const random = seeded(20_261_121);
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const [person] = (await simulator.people("telegram")) as [Person];
  const said: string[] = [];

  for (let round = 0; round < kills; round++) {
    const gateway = await startStack({ command: "serve", from: first });
    const fatal = Math.floor(random() * textsPerRound);
    let killing: Promise<unknown> = Promise.resolve();
    for (let n = 0; n < textsPerRound; n++) {
      const text = `text ${said.length}`;
      said.push(text);
      assert.equal((await simulator.act(person, { act: "say", text })).status, 200);
      // The text has just been handed to the long poll that waits for it.
      if (n === fatal) killing = gateway.stop("SIGKILL");
    }
    await killing;
  }

  const last = await startStack({ command: "serve", from: first });
  const expected = ["Hello!", ...said];
  const isMine = (body: string) => expected.includes(body);
  await eventually("the last text", async () =>
    (await received(last)).at(-1) === said.at(-1) ? true : undefined,
  );
  const bodies = (await received(last)).filter(isMine).filter((body) => body !== "Hello!");
  await last.stop();
  assert.deepEqual(bodies, said);
  t.diagnostic(`${said.length} texts, ${kills} kills`);
});
