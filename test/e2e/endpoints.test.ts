import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { eventually } from "../support/eventually.ts";
import { type MetaNumber, whatsappNumber } from "../support/meta-webhook.ts";
import { type Answer, type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
let ana: Person;
let ben: Person;

before(async () => {
  stack = await startStack();
  number = await whatsappNumber(stack);
  [ana, ben] = (await stack.people("whatsapp")) as [Person, Person];
});
after(() => stack[Symbol.asyncDispose]());

interface Got {
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an event is its own assertion
  event: any;
  body: string;
  headers: Record<string, string>;
  response: ServerResponse;
}

/** A receiver whose answers a test gives by hand: `answer` decides for each request, or leaves it open. */
class Receiver {
  readonly got: Got[] = [];
  answer: (got: Got) => void = ({ response }) => response.writeHead(204).end();
  id = "";
  secret = "";
  readonly #server: Server = createServer();

  static async listen(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const headers = request.headers as Record<string, string>;
      const got = { event: JSON.parse(body), body, headers, response };
      // The test delivery comes before the secret is told.
      if (receiver.secret === "" && got.event.type === "endpoint.test")
        return void response.writeHead(204).end();
      receiver.got.push(got);
      receiver.answer(got);
    });
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async register(wish: object = {}): Promise<Answer> {
    const answer = await stack.call("POST", "/v1/endpoints", {
      url: `http://127.0.0.1:${this.port}/hook`,
      ...wish,
    });
    assert.equal(answer.status, 201, answer.text);
    this.id = answer.json.id;
    this.secret = answer.json.secret;
    return answer;
  }

  texts(): string[] {
    return this.got.flatMap(({ event }) => event.message?.text?.body ?? []);
  }

  async hasText(body: string): Promise<Got> {
    return eventually(`a webhook with ${body}`, () =>
      this.got.find(({ event }) => event.message?.text?.body === body),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.id) await stack.call("DELETE", `/v1/endpoints/${this.id}`);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function say(person: Person, text: string): Promise<void> {
  const { status, text: answer } = await stack.act(person, { act: "say", text });
  assert.equal(status, 200, answer);
}

/** The delivery of the event with this text to one endpoint, once `fits` holds. */
// biome-ignore lint/suspicious/noExplicitAny: see Answer.json
function deliveryOf(receiver: Receiver, got: Got, fits: (delivery: any) => boolean): Promise<any> {
  return eventually("such a delivery", async () => {
    const { json } = await stack.call("GET", `/v1/deliveries?endpoint=${receiver.id}&event=${got.event.id}`);
    const [delivery] = json.data;
    return delivery && fits(delivery) ? delivery : undefined;
  });
}

let counter = 0;
const words = (what: string) => `${what} ${++counter}`;

test("a new endpoint is told with its secret, and the secret never again", async () => {
  await using receiver = await Receiver.listen();
  const { json } = await receiver.register({
    events: ["message.received"],
    channels: [number.phoneNumberId],
  });
  assert.match(json.secret, /^whsec_[A-Za-z0-9+/]{40,}=*$/);
  assert.match(json.id, /^ep_/);
  assert.deepEqual(Object.keys(json).sort(), [
    "channels",
    "created_at",
    "enabled",
    "events",
    "format",
    "id",
    "last_attempt",
    "max_age_seconds",
    "max_per_second",
    "ordered",
    "preflight",
    "secret",
    "url",
  ]);
  assert.equal(json.preflight.result, "ok");
  const { category, http_status, latency_ms } = json.last_attempt;
  assert.deepEqual(
    { result: category, http_status, latency_ms },
    json.preflight,
    "a test is a try like any other",
  );
  assert.equal(json.url, `http://127.0.0.1:${receiver.port}/hook`);
  assert.deepEqual(json.channels, [number.channelId], "a natural id stands for the channel's id");
  assert.equal(json.enabled, true);
  assert.ok(!Number.isNaN(Date.parse(json.created_at)));
  const { secret: _, preflight: __, ...shown } = json;
  assert.deepEqual((await stack.call("GET", `/v1/endpoints/${json.id}`)).json, { ...shown, pending: 0 });
  const listed = await stack.call("GET", "/v1/endpoints");
  assert.ok(listed.json.data.some((one: { id: string }) => one.id === json.id));
  const patched = await stack.call("PATCH", `/v1/endpoints/${json.id}`, { events: [] });
  for (const { text } of [listed, patched])
    assert.ok(!text.includes(json.secret) && !text.includes("whsec_"));
});

test("a webhook is signed over its exact bytes, and its id is the event's", async () => {
  await using receiver = await Receiver.listen();
  await receiver.register();
  const text = words("signed ✓ ünïcode 👋🏽");
  await say(ana, text);
  const { body, headers, event } = await receiver.hasText(text);
  assert.deepEqual(new Webhook(receiver.secret).verify(body, headers), event);
  assert.equal(headers["webhook-id"], event.id);
  assert.equal(headers["content-type"], "application/json");
  assert.equal(event.type, "message.received");
  assert.equal(event.channel.id, number.channelId);
  assert.throws(() => new Webhook(receiver.secret).verify(`${body} `, headers));
  const { json } = await stack.call("GET", `/v1/events/${event.id}`);
  assert.deepEqual(json, event, "the endpoint gets what the API tells");
});

test("an endpoint gets the event types that it asked for and no others", async () => {
  await using all = await Receiver.listen();
  await using sent = await Receiver.listen();
  await all.register();
  await sent.register({ events: ["message.sent"] });
  await say(ana, words("for all"));
  const { json } = await stack.call("POST", "/v1/messages", {
    from: number.phoneNumberId,
    to: ana.address,
    content: { text: { body: words("out") } },
  });
  await eventually("the sent event", () =>
    sent.got.find(({ event }) => event.type === "message.sent" && event.message.id === json.id),
  );
  await eventually("both on the one that takes all", () =>
    all.got.some(({ event }) => event.type === "message.received") &&
    all.got.some(({ event }) => event.type === "message.sent")
      ? true
      : undefined,
  );
  assert.deepEqual([...new Set(sent.got.map(({ event }) => event.type))], ["message.sent"]);
});

test("an endpoint gets the channels that it asked for and no others", async () => {
  const { json: account } = await stack.simulate("POST", "/accounts", { platform: "whatsapp" });
  const {
    status,
    json: channel,
    text,
  } = await stack.call("POST", "/v1/channels", {
    platform: "whatsapp",
    simulated: true,
    credentials: {
      phone_number_id: account.id,
      access_token: account.token,
      app_secret: account.app_secret,
      waba_id: account.waba_id,
    },
  });
  assert.equal(status, 201, text);
  await eventually("its webhooks", async () => {
    const { json } = await stack.call("GET", `/v1/channels/${channel.id}`);
    return json.receiving.state === "ok" || undefined;
  });
  const other = (await stack.simulate("POST", "/people", { platform: "whatsapp", channel: account.id })).json;
  await using second = await Receiver.listen();
  await using both = await Receiver.listen();
  await second.register({ channels: [channel.id] });
  await both.register({ channels: [channel.id, number.channelId] });
  const [here, there] = [words("here"), words("there")];
  await say(ana, here);
  await say(other, there);
  await both.hasText(here);
  await both.hasText(there);
  await second.hasText(there);
  assert.deepEqual(second.texts(), [there]);
  assert.equal((await stack.call("DELETE", `/v1/channels/${channel.id}`)).status, 204);
});

test("an endpoint gets only what happens after it was made", async () => {
  await using witness = await Receiver.listen();
  await witness.register();
  const early = words("before");
  await say(ana, early);
  await witness.hasText(early);
  await using late = await Receiver.listen();
  await late.register();
  const now = words("after");
  await say(ana, now);
  await late.hasText(now);
  assert.deepEqual(late.texts(), [now]);
});

test("a failing endpoint is tried again, each try told, and delays no other", async () => {
  await using failing = await Receiver.listen();
  await using healthy = await Receiver.listen();
  await failing.register();
  await healthy.register();
  const isDown = { value: true };
  failing.answer = ({ response }) =>
    isDown.value ? response.writeHead(500).end("database is down") : response.writeHead(200).end("thanks");
  const text = words("retried");
  await say(ana, text);
  await healthy.hasText(text);
  const first = await failing.hasText(text);
  const pending = await deliveryOf(failing, first, (delivery) => delivery.tries >= 1);
  assert.equal(pending.state, "pending");
  assert.ok(Math.abs(Date.parse(pending.due_at) - Date.now()) < 600_000, pending.due_at);
  const next = words("meanwhile");
  await say(ana, next);
  await healthy.hasText(next);
  await failing.hasText(next);
  isDown.value = false;
  const done = await deliveryOf(failing, first, (delivery) => delivery.state === "delivered");
  const statuses = done.attempts.map((attempt: { http_status: number }) => attempt.http_status);
  assert.equal(statuses[0], 500);
  assert.equal(statuses.at(-1), 200);
  assert.equal(statuses.length, done.tries);
  assert.equal(done.attempts[0].answer, "database is down");
  assert.ok(done.attempts[0].latency_ms >= 0);
  const tries = failing.got.filter(({ event }) => event.id === first.event.id);
  assert.equal(new Set(tries.map(({ headers }) => headers["webhook-id"])).size, 1, "a retry keeps its id");
  for (const { body, headers } of tries) new Webhook(failing.secret).verify(body, headers);
  const other = await deliveryOf(healthy, first, () => true);
  assert.equal(other.state, "delivered");
  assert.equal(other.tries, 1);
});

test("an endpoint that cannot be reached is told so, and tried again when it is back", async () => {
  const gone = await Receiver.listen();
  await gone.register();
  await using witness = await Receiver.listen();
  await witness.register();
  const { id } = gone;
  gone.id = "";
  await gone[Symbol.asyncDispose]();
  const text = words("nobody there");
  await say(ana, text);
  const got = await witness.hasText(text);
  const delivery = await eventually("a try", async () => {
    const { json } = await stack.call("GET", `/v1/deliveries?endpoint=${id}&event=${got.event.id}`);
    return json.data.find((one: { tries: number }) => one.tries > 0);
  });
  assert.equal(delivery.state, "pending");
  assert.match(delivery.attempts[0].error, /^not reached: ECONNREFUSED$/);
  await using back = await Receiver.listen();
  await stack.call("PATCH", `/v1/endpoints/${id}`, { url: `http://127.0.0.1:${back.port}/hook` });
  await stack.call("POST", `/v1/deliveries/${delivery.id}/retry`);
  await back.hasText(text);
  back.id = id;
});

test("events of one conversation are first tried one at a time in order, and another conversation does not wait", async () => {
  await using receiver = await Receiver.listen();
  const open: Got[] = [];
  await receiver.register({ events: ["message.received"] });
  receiver.answer = (got) => {
    if (got.event.message.from === ana.address.slice(1)) open.push(got);
    else got.response.writeHead(204).end();
  };
  const hers = [words("one"), words("two"), words("three")];
  for (const text of hers) await say(ana, text);
  const his = words("his");
  await say(ben, his);
  await receiver.hasText(his);
  const anas = () => receiver.texts().filter((text) => hers.includes(text));
  assert.deepEqual(anas(), [hers[0]], "the second waits while the first hangs");
  for (const [index, text] of hers.entries()) {
    await receiver.hasText(text);
    assert.deepEqual(anas(), hers.slice(0, index + 1));
    // A refusal ends the first try too: what is retried later holds up nothing.
    await eventually("the open request", () => open[index]);
    open[index]?.response.writeHead(index === 0 ? 503 : 204).end();
  }
  receiver.answer = ({ response }) => response.writeHead(204).end();
  const sequences = receiver.got
    .filter(({ event }) => event.message?.from === ana.address.slice(1))
    .slice(0, 3)
    .map(({ event }) => event.sequence);
  assert.deepEqual(
    sequences,
    [...sequences].sort((a, b) => a - b),
  );
  const retried = await deliveryOf(receiver, open[0]!, (delivery) => delivery.state === "delivered");
  assert.equal(retried.tries, 2);
});

test("of an answer the first 4 KB are kept, and a longer one still counts", async () => {
  await using receiver = await Receiver.listen();
  await receiver.register();
  receiver.answer = ({ response }) => response.writeHead(202).end("x".repeat(1_000_000));
  const text = words("chatty");
  await say(ana, text);
  const got = await receiver.hasText(text);
  const delivery = await deliveryOf(receiver, got, (one) => one.tries === 1);
  assert.equal(delivery.state, "delivered");
  assert.equal(delivery.attempts[0].http_status, 202);
  assert.equal(delivery.attempts[0].answer, "x".repeat(4 * 1024));
});

test("a redirect is not followed and counts as a failure", async () => {
  await using target = await Receiver.listen();
  await using receiver = await Receiver.listen();
  await receiver.register();
  receiver.answer = ({ response }) =>
    response.writeHead(308, { location: `http://127.0.0.1:${target.port}/stolen` }).end();
  const text = words("redirected");
  await say(ana, text);
  const got = await receiver.hasText(text);
  const delivery = await deliveryOf(receiver, got, (one) => one.tries >= 1);
  assert.equal(delivery.state, "pending");
  assert.equal(delivery.attempts[0].http_status, 308);
  assert.equal(target.got.length, 0);
});

test("a disabled endpoint gets nothing until it is enabled again, and then all that it missed", async () => {
  await using receiver = await Receiver.listen();
  await using witness = await Receiver.listen();
  await receiver.register();
  await witness.register();
  const { json } = await stack.call("PATCH", `/v1/endpoints/${receiver.id}`, { enabled: false });
  assert.equal(json.enabled, false);
  const unseen = words("while disabled");
  await say(ana, unseen);
  await witness.hasText(unseen);
  assert.equal(receiver.got.length, 0);
  await stack.call("PATCH", `/v1/endpoints/${receiver.id}`, { enabled: true });
  const seen = words("enabled again");
  await say(ana, seen);
  await receiver.hasText(seen);
  await receiver.hasText(unseen);
});

test("a deleted endpoint is gone and gets nothing more", async () => {
  await using receiver = await Receiver.listen();
  await using witness = await Receiver.listen();
  await receiver.register();
  await witness.register();
  assert.equal((await stack.call("DELETE", `/v1/endpoints/${receiver.id}`)).status, 204);
  for (const [method, path] of [
    ["GET", ""],
    ["PATCH", ""],
    ["DELETE", ""],
    ["POST", "/test"],
  ] as const)
    assert.equal(
      (await stack.call(method, `/v1/endpoints/${receiver.id}${path}`, method === "GET" ? undefined : {}))
        .status,
      404,
    );
  const text = words("after the end");
  await say(ana, text);
  await witness.hasText(text);
  assert.deepEqual(receiver.texts(), []);
  receiver.id = "";
});

test("the test route sends one signed event to that endpoint alone, whatever it filters", async () => {
  await using receiver = await Receiver.listen();
  await using other = await Receiver.listen();
  await receiver.register({ events: ["message.failed"], channels: [number.channelId] });
  await other.register();
  const { status, json } = await stack.call("POST", `/v1/endpoints/${receiver.id}/test`);
  assert.equal(status, 202);
  assert.equal(json.event.type, "endpoint.test");
  const got = await eventually("the test event", () =>
    receiver.got.find(({ event }) => event.id === json.event.id),
  );
  new Webhook(receiver.secret).verify(got.body, got.headers);
  const delivered = await eventually("the delivery", async () => {
    const delivery = (await stack.call("GET", `/v1/deliveries/${json.delivery}`)).json;
    return delivery.state === "delivered" ? delivery : undefined;
  });
  assert.equal(delivered.event_type, "endpoint.test");
  const text = words("not for the first");
  await say(ana, text);
  await other.hasText(text);
  assert.ok(!other.got.some(({ event }) => event.type === "endpoint.test"));
});

test("a delivery is sent again on request, delivered or not", async () => {
  await using receiver = await Receiver.listen();
  await receiver.register();
  const text = words("again");
  await say(ana, text);
  const first = await receiver.hasText(text);
  const delivery = await deliveryOf(receiver, first, (one) => one.state === "delivered");
  const { status, json } = await stack.call("POST", `/v1/deliveries/${delivery.id}/retry`);
  assert.equal(status, 202);
  assert.equal(json.id, delivery.id);
  const again = await eventually("the second request", () =>
    receiver.got.filter(({ event }) => event.id === first.event.id).at(1),
  );
  assert.equal(again.body, first.body);
  await deliveryOf(receiver, first, (one) => one.tries === 2 && one.state === "delivered");
  assert.equal((await stack.call("POST", "/v1/deliveries/dlv_nope/retry")).status, 404);
  assert.equal((await stack.call("GET", "/v1/deliveries/dlv_nope")).status, 404);
});

test("deliveries are listed in pages, by endpoint and by state", async () => {
  await using receiver = await Receiver.listen();
  await receiver.register();
  const texts = [words("page"), words("page"), words("page")];
  for (const text of texts) await say(ana, text);
  for (const text of texts) await receiver.hasText(text);
  await eventually("all three delivered", async () => {
    const { json } = await stack.call("GET", `/v1/deliveries?endpoint=${receiver.id}&state=delivered`);
    return json.data.length === 3 || undefined;
  });
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const { json } = await stack.call("GET", `/v1/deliveries?endpoint=${receiver.id}&limit=2${after}`);
    seen.push(...json.data.map((one: { id: string }) => one.id));
    cursor = json.next_cursor;
  }
  assert.equal(seen.length, 3);
  assert.equal(new Set(seen).size, 3);
  const none = await stack.call("GET", `/v1/deliveries?endpoint=${receiver.id}&state=dead`);
  assert.deepEqual(none.json.data, []);
  assert.equal((await stack.call("GET", "/v1/deliveries?state=nope")).status, 422);
});

test("an address where webhooks may not go is refused when the endpoint is made", async () => {
  const refused = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://100.100.100.200/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https://user:password@example.com/",
    "example.com/hook",
    "",
  ];
  for (const url of refused) {
    const answer = await stack.call("POST", "/v1/endpoints", { url });
    assert.equal(answer.status, 422, `${url}: ${answer.text}`);
    assert.equal(answer.json.code, "endpoint_not_allowed");
    assert.equal(answer.json.errors[0].pointer, "/url");
  }
  await using receiver = await Receiver.listen();
  await receiver.register();
  const moved = await stack.call("PATCH", `/v1/endpoints/${receiver.id}`, { url: "http://169.254.169.254/" });
  assert.equal(moved.status, 422);
});

test("every mistake in a new endpoint is told, and nothing is made", async () => {
  const before = (await stack.call("GET", "/v1/endpoints")).json.data.length;
  const answer = await stack.call("POST", "/v1/endpoints", {
    events: ["message.nope"],
    channels: 7,
    extra: true,
  });
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.json.errors.map((error: { pointer: string }) => error.pointer).sort(), [
    "/channels",
    "/events/0",
    "/extra",
    "/url",
  ]);
  const all = await stack.call("POST", "/v1/endpoints", {
    url: "ftp://example.com/",
    channels: [number.phoneNumberId, "nope"],
    events: ["message.nope"],
    extra: true,
  });
  assert.equal(all.status, 422);
  assert.equal(all.json.code, "invalid_request");
  assert.deepEqual(
    all.json.errors.map((error: { pointer: string; rule: string }) => [error.pointer, error.rule]).sort(),
    [
      ["/channels/1", "unknown_channel"],
      ["/events/0", "one_of"],
      ["/extra", "unknown_field"],
      ["/url", "url"],
    ],
  );
  const unknown = await stack.call("POST", "/v1/endpoints", {
    url: "http://127.0.0.1:1/",
    channels: ["nope"],
  });
  assert.equal(unknown.status, 422);
  assert.deepEqual(
    unknown.json.errors.map(({ pointer }: { pointer: string }) => pointer),
    ["/channels/0"],
  );
  assert.equal((await stack.call("GET", "/v1/endpoints")).json.data.length, before);
});

test("a change with mistakes tells every one and changes nothing", async () => {
  await using receiver = await Receiver.listen();
  const { json: made } = await receiver.register();
  const answer = await stack.call("PATCH", `/v1/endpoints/${made.id}`, {
    url: "http://169.254.169.254/",
    channels: ["nope"],
    enabled: "no",
    secret: "whsec_x",
  });
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.json.errors.map(({ pointer }: { pointer: string }) => pointer).sort(), [
    "/channels/0",
    "/enabled",
    "/secret",
    "/url",
  ]);
  const { secret: _, preflight: __, ...shown } = made;
  assert.deepEqual((await stack.call("GET", `/v1/endpoints/${made.id}`)).json, { ...shown, pending: 0 });
});

test("changes of different fields at the same time are all kept", async () => {
  await using receiver = await Receiver.listen();
  await receiver.register();
  for (let round = 0; round < 5; round++) {
    const events = [round % 2 === 0 ? "message.sent" : "message.failed"];
    const changes = [
      { events },
      { channels: round % 2 === 0 ? [number.channelId] : [] },
      { url: `http://127.0.0.1:${receiver.port}/round/${round}` },
      { enabled: round % 2 === 0 },
    ];
    const answers = await Promise.all(
      changes.map((change) => stack.call("PATCH", `/v1/endpoints/${receiver.id}`, change)),
    );
    for (const { status, text } of answers) assert.equal(status, 200, text);
    const { json } = await stack.call("GET", `/v1/endpoints/${receiver.id}`);
    for (const change of changes) assert.deepEqual({ ...json, ...change }, json);
  }
});

test("an endpoint is deleted at once while an attempt hangs, which is recorded and not repeated", async () => {
  await using receiver = await Receiver.listen();
  await receiver.register({ events: ["message.received"] });
  receiver.answer = () => {};
  const text = words("hanging");
  await say(ana, text);
  const got = await receiver.hasText(text);
  const waiting = words("behind it");
  await say(ana, waiting);
  assert.equal((await stack.call("DELETE", `/v1/endpoints/${receiver.id}`)).status, 204);
  assert.ok(!got.response.destroyed, "the attempt is still under way");
  assert.equal((await stack.call("GET", `/v1/endpoints/${receiver.id}`)).status, 404);
  got.response.writeHead(503).end();
  const over = await deliveryOf(receiver, got, (delivery) => delivery.tries === 1);
  assert.equal(over.state, "dead");
  assert.equal(over.attempts[0].http_status, 503);
  assert.deepEqual(receiver.texts(), [text]);
  receiver.id = "";
});
