import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, test } from "node:test";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let ana: Person;
let ben: Person;

before(async () => {
  stack = await startStack();
  [ana, ben] = (await stack.people("whatsapp")) as [Person, Person];
});
after(() => stack[Symbol.asyncDispose]());

/** A reader of the stream, as a browser's EventSource reads it. */
class Reader {
  readonly events: EventSourceMessage[] = [];
  status = 0;
  contentType = "";
  isEnded = false;
  readonly #request;

  constructor(query = "", headers: Record<string, string> = {}) {
    const parser = createParser({ onEvent: (event) => this.events.push(event) });
    this.#request = get(
      `${stack.url}/v1/events/stream${query}`,
      { headers: { authorization: `Bearer ${stack.key}`, ...headers } },
      (response) => {
        this.status = response.statusCode ?? 0;
        this.contentType = response.headers["content-type"] ?? "";
        response.setEncoding("utf8").on("data", (text: string) => parser.feed(text));
        response.once("end", () => {
          this.isEnded = true;
        });
        response.on("error", () => {});
      },
    );
    this.#request.on("error", () => {});
  }

  async open(): Promise<this> {
    await eventually("an answer", () => this.status || undefined);
    return this;
  }

  texts(): string[] {
    return this.events.flatMap(({ data }) => JSON.parse(data).message?.text?.body ?? []);
  }

  async has(text: string): Promise<void> {
    await eventually(`"${text}" on the stream`, () => this.texts().includes(text) || undefined);
  }

  [Symbol.dispose](): void {
    this.#request.destroy();
  }
}

const say = (person: Person, text: string) => stack.act(person, { act: "say", text });

async function told(text: string): Promise<void> {
  await eventually(`an event with ${text}`, async () => {
    const { json } = await stack.call("GET", "/v1/events?limit=200");
    return (
      json.data.some(
        (event: { message?: { text?: { body: string } } }) => event.message?.text?.body === text,
      ) || undefined
    );
  });
}

test("events are listed newest first, in pages without gap or repeat", async () => {
  for (let i = 0; i < 7; i++) await say(ana, `page ${i}`);
  await told("page 6");
  const whole = (await stack.call("GET", "/v1/events?limit=200")).json.data;
  const seen: { id: string; timestamp: string }[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { json } = await stack.call("GET", `/v1/events?limit=3${after}`);
    assert.ok(json.data.length <= 3);
    seen.push(...json.data);
    cursor = json.next_cursor;
  } while (cursor !== null);
  assert.deepEqual(
    seen.map(({ id }) => id),
    whole.map(({ id }: { id: string }) => id),
  );
  const pages = whole.flatMap(
    (event: { message?: { text?: { body: string } } }) => event.message?.text?.body ?? [],
  );
  assert.deepEqual(
    pages.filter((text: string) => text.startsWith("page ")),
    [6, 5, 4, 3, 2, 1, 0].map((i) => `page ${i}`),
  );
});

test("the list is filtered by type, several types, channel and conversation", async () => {
  await say(ana, "from Ana");
  await say(ben, "from Ben");
  const { json: sent } = await stack.call("POST", "/v1/messages", {
    from: ana.channel,
    to: ana.address,
    content: { text: { body: "to Ana" } },
  });
  // The last that is told of it: nothing more of it comes between two looks of a later test.
  await eventually("the delivered event", async () => {
    const { json } = await stack.call("GET", "/v1/events?type=message.delivered");
    return json.data.some((event: { message: { id: string } }) => event.message.id === sent.id) || undefined;
  });
  await told("from Ana");
  await told("from Ben");
  const types = async (query: string) => {
    const { json } = await stack.call("GET", `/v1/events?limit=200&${query}`);
    return [...new Set(json.data.map((event: { type: string }) => event.type))].sort();
  };
  assert.deepEqual(await types("type=message.sent"), ["message.sent"]);
  assert.deepEqual(await types("type=message.sent,message.received"), ["message.received", "message.sent"]);
  const byChannel = (await stack.call("GET", `/v1/events?limit=200&channel=${ana.channel}`)).json.data;
  const { json: channel } = await stack.call("GET", `/v1/channels/${ana.channel}`);
  assert.ok(byChannel.length > 3);
  assert.ok(byChannel.every((event: { channel: { id: string } }) => event.channel.id === channel.id));
  const bens = byChannel.find(
    (event: { message?: { text?: { body: string } } }) => event.message?.text?.body === "from Ben",
  );
  const { json } = await stack.call("GET", `/v1/events?limit=200&conversation=${bens.conversation.id}`);
  const texts = json.data.flatMap(
    (event: { message?: { text?: { body: string } } }) => event.message?.text?.body ?? [],
  );
  assert.ok(texts.includes("from Ben") && !texts.includes("from Ana"));
});

test("a query that filters nothing is refused: an unknown type, parameter, channel or limit", async () => {
  for (const [query, status] of [
    ["type=message.nope", 422],
    ["types=message.sent", 422],
    ["limit=0", 422],
    ["limit=201", 422],
    ["limit=1&limit=2", 422],
    ["channel=nope", 404],
    ["channel=", 404],
  ] as const) {
    const answer = await stack.call("GET", `/v1/events?${query}`);
    assert.equal(answer.status, status, `${query}: ${answer.text}`);
  }
  const cursor = await stack.call("GET", "/v1/events?cursor=%27nonsense");
  assert.ok(cursor.status === 422 || cursor.status === 400, cursor.text);
});

test("one event is told by its id", async () => {
  const [event] = (await stack.call("GET", "/v1/events?limit=1")).json.data;
  assert.deepEqual((await stack.call("GET", `/v1/events/${event.id}`)).json, event);
  assert.equal((await stack.call("GET", "/v1/events/evt_nope")).status, 404);
});

test("the stream sends what happens from now on, as the list tells it", async () => {
  using reader = await new Reader().open();
  assert.equal(reader.status, 200);
  assert.match(reader.contentType, /^text\/event-stream/);
  await say(ana, "live");
  await reader.has("live");
  assert.deepEqual(reader.texts(), ["live"], "nothing from before");
  const [got] = reader.events;
  const { json } = await stack.call("GET", "/v1/events?limit=10");
  const listed = json.data.find((event: { id: string }) => event.id === JSON.parse(got!.data).id);
  assert.deepEqual(JSON.parse(got!.data), listed);
  assert.equal(got!.event, listed.type);
});

test("recent asks for the last events first", async () => {
  const listed = (await stack.call("GET", "/v1/events?limit=5")).json.data.reverse();
  using reader = await new Reader("?recent=5").open();
  await eventually("five events", () => reader.events.length >= 5 || undefined);
  assert.deepEqual(
    reader.events.map(({ data }) => JSON.parse(data).id),
    listed.map(({ id }: { id: string }) => id),
  );
  const wrong = await stack.call("GET", "/v1/events/stream?recent=all");
  assert.equal(wrong.status, 422);
});

test("a reader that comes back with Last-Event-ID misses nothing and gets nothing twice, restarts included", async () => {
  const texts = Array.from({ length: 12 }, (_, index) => `resumed ${index}`);
  const got: string[] = [];
  let last = "";
  for (const [index, text] of texts.entries()) {
    if (index === 0) {
      using reader = await new Reader().open();
      await say(ana, text);
      await reader.has(text);
      got.push(...reader.texts());
      last = reader.events.at(-1)!.id!;
      continue;
    }
    await say(ana, text);
    if (index % 4 !== 3) continue;
    if (index === 7) {
      await told(text);
      assert.equal(await stack.stop(), 0);
      stack = await startStack({ from: stack });
    }
    using reader = await new Reader("?recent=200", { "last-event-id": last }).open();
    await reader.has(text);
    got.push(...reader.texts());
    last = reader.events.at(-1)!.id!;
  }
  assert.deepEqual(
    got.filter((text) => text.startsWith("resumed")),
    texts,
  );
});

test("a Last-Event-ID that is no position of ours is ignored, so that it replays nothing", async () => {
  for (const [index, id] of ["", " ", "0x0", "-1", "1e0", "1.0", "evt_1", "9".repeat(40)].entries()) {
    using reader = await new Reader("", { "last-event-id": id }).open();
    assert.equal(reader.status, 200);
    await say(ana, `after no position ${index}`);
    await reader.has(`after no position ${index}`);
    assert.deepEqual(reader.texts(), [`after no position ${index}`], JSON.stringify(id));
  }
});

test("a Last-Event-ID beyond the last event, as after a restored backup, begins with now", async () => {
  using live = await new Reader("?recent=1").open();
  await eventually("the last position", () => live.events[0]);
  const last = Number(live.events[0]!.id);
  using beyond = await new Reader("", { "last-event-id": String(last + 1_000) }).open();
  assert.equal(beyond.status, 200);
  await say(ana, "the next that happens");
  await beyond.has("the next that happens");
  assert.deepEqual(beyond.texts(), ["the next that happens"]);
});

test("a reader that asks for it is told what was accepted and waits, of the channels that it sees, and others are not", async () => {
  const [tom] = (await stack.people("telegram")) as [Person];
  const limited = { name: "one channel", scopes: ["read"], channels: [tom.channel] };
  const { json: key } = await stack.call("POST", "/v1/keys", limited);
  using told = await new Reader("?accepted=tell").open();
  using untold = await new Reader().open();
  using foreign = await new Reader("?accepted=tell", { authorization: `Bearer ${key.key}` }).open();
  await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: true });
  try {
    const wish = { from: ana.channel, to: ana.address, content: { text: { body: "waits" } } };
    const { status, json: message } = await stack.call("POST", "/v1/messages", wish);
    assert.equal(status, 202);
    const hint = await eventually("the hint", () =>
      told.events.find(({ event }) => event === "stream.accepted"),
    );
    assert.deepEqual([hint.id, hint.data], [undefined, "{}"], "nothing to go on from, and of nobody");
    await say(tom, "what is told to all");
    for (const reader of [untold, foreign]) {
      await reader.has("what is told to all");
      assert.ok(!reader.events.some(({ event }) => event === "stream.accepted"));
    }
    using later = await new Reader("?accepted=tell").open();
    assert.equal((await stack.call("POST", `/v1/messages/${message.id}/cancel`)).status, 200);
    await say(tom, "what is told after it was taken back");
    await later.has("what is told after it was taken back");
    const kinds = later.events.map(({ event }) => event);
    assert.ok(!kinds.includes("stream.accepted"), "what is taken back was not accepted");
  } finally {
    await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: false });
  }
  assert.equal((await stack.call("GET", "/v1/events/stream?accepted=yes")).status, 422);
});

test("two readers get the same, each at its own place", async () => {
  using first = await new Reader().open();
  await say(ana, "for one");
  await first.has("for one");
  using second = await new Reader().open();
  await say(ana, "for both");
  await first.has("for both");
  await second.has("for both");
  assert.deepEqual(second.texts(), ["for both"]);
});

test("a key in the address is a 401: it would stay in logs and histories", async () => {
  for (const name of ["key", "api_key", "access_token", "token", "authorization"]) {
    const answer = await stack.call("GET", `/v1/events/stream?${name}=${stack.key}`, undefined, {
      authorization: "",
    });
    assert.equal(answer.status, 401, name);
    assert.ok(!answer.text.includes(stack.key));
  }
});

test("the stream ends when the gateway stops, and does not hold it up", async () => {
  using reader = await new Reader().open();
  // Held up, it would be 1: src/shutdown.ts.
  assert.equal(await stack.stop(), 0);
  await eventually("the end of the stream", () => reader.isEnded || undefined);
  stack = await startStack({ from: stack });
});
