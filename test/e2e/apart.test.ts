import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { freePort, type Person, type Stack, startStack } from "../support/stack.ts";

const privately = { ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true" };

/** Channels of simulated accounts, with neither gateway nor simulator running. */
async function prepared(): Promise<Stack> {
  const stack = await startStack();
  await stack.stop();
  return stack;
}

function text(person: Person, body: string, more: object = {}): object {
  return { from: person.channel, to: person.address, content: { text: { body } }, ...more };
}

test("the gateway waits for a simulator that is away, and each outlives the other", async () => {
  const place = await prepared();
  let gateway = await startStack({ command: "serve", from: place, env: privately });
  await using endpoint = await Endpoint.listen();
  await endpoint.register(gateway);
  const whatsapp = (await gateway.call("GET", "/v1/channels")).json.data[0];
  assert.equal(whatsapp.receiving.state, "waiting");

  let simulator = await startStack({ command: "simulator", from: place });
  const ana = (await simulator.people("whatsapp"))[0]!;
  const tom = (await simulator.people("telegram"))[0]!;
  await eventually("both channels receiving", async () => {
    const { data } = (await gateway.call("GET", "/v1/channels")).json;
    return (
      data.every((channel: { receiving: { state: string } }) => channel.receiving.state === "ok") || undefined
    );
  });
  for (const person of [ana, tom]) await simulator.act(person, { act: "say", text: `early ${person.id}` });
  for (const person of [ana, tom]) {
    await endpoint.next(`early ${person.id}`, (event) => event.message?.text?.body === `early ${person.id}`);
  }

  // The simulator dies: what is sent meanwhile waits, and is sent once when it is back.
  await simulator.stop("SIGKILL");
  const sent = await gateway.call("POST", "/v1/messages", text(ana, "while you were away"));
  await eventually("a retry", async () => {
    const { json } = await gateway.call("GET", `/v1/messages/${sent.json.id}`);
    return (
      json.calls[0].attempts.some((attempt: { outcome: string }) => attempt.outcome === "retry") || undefined
    );
  });
  simulator = await startStack({ command: "simulator", from: place });
  await endpoint.next(
    "delivery",
    (event) => event.message?.id === sent.json.id && event.type === "message.delivered",
  );
  const shown = (await simulator.screen(ana)).filter((message) => message.text === "while you were away");
  assert.equal(shown.length, 1);

  // The gateway dies: what people do meanwhile waits at the platform.
  await gateway.stop("SIGKILL");
  for (const person of [ana, tom]) await simulator.act(person, { act: "say", text: `late ${person.id}` });
  gateway = await startStack({ command: "serve", from: place, env: privately });
  for (const person of [ana, tom]) {
    await endpoint.next(`late ${person.id}`, (event) => event.message?.text?.body === `late ${person.id}`);
  }
  assert.equal(await gateway.stop("SIGTERM"), 0);
  assert.equal(await simulator.stop("SIGTERM"), 0);
});

test("simulated channels follow SIMULATOR_PORT", async () => {
  const place = await prepared();
  const env = { SIMULATOR_PORT: String(await freePort()), ...privately };
  const moved = await startStack({ from: place, env });
  const simulatorUrl = `http://127.0.0.1:${env.SIMULATOR_PORT}`;
  assert.ok(moved.stdout.includes(simulatorUrl));
  const people = (await (await fetch(`${simulatorUrl}/simulator/people`)).json()) as { data: Person[] };
  for (const person of people.data.filter((one) => one.name.length > 0)) {
    const sent = await moved.call("POST", "/v1/messages", text(person, "moved house"));
    await eventually("sent", async () => {
      const { json } = await moved.call("GET", `/v1/messages/${sent.json.id}`);
      return ["sent", "delivered"].includes(json.status) || undefined;
    });
  }
  assert.equal(await moved.stop(), 0);
});

test("with a public URL Telegram is received by webhook, and a forged one is refused", async () => {
  const port = await freePort();
  const simulatorPort = await freePort();
  const env = {
    PORT: String(port),
    ANTIPHON_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SIMULATOR_PORT: String(simulatorPort),
  };
  const place = await prepared();
  const url = `http://127.0.0.1:${port}`;
  await using stack = await startStack({
    from: Object.assign(Object.create(place), { port, simulatorPort }),
    env,
  });
  await using endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  const tom = (await stack.people("telegram"))[0]!;
  await stack.act(tom, { act: "say", text: "by webhook" });
  await endpoint.next("by webhook", (event) => event.message?.text?.body === "by webhook");
  const { data } = (await stack.simulate("GET", "/calls?limit=1000")).json;
  const methods = data.map((call: { path: string }) => call.path.split("/").at(-1));
  const sinceWebhook = methods.slice(methods.lastIndexOf("setWebhook"));
  assert.ok(methods.includes("setWebhook"));
  assert.ok(!sinceWebhook.includes("getUpdates"), "nothing is polled once the webhook is set");

  const channel = (await stack.call("GET", "/v1/channels")).json.data.find(
    (one: { platform: string }) => one.platform === "telegram",
  );
  assert.equal(channel.webhook_url, `${url}/webhooks/telegram/${channel.id}`);
  const update = {
    update_id: 1,
    message: {
      message_id: 1,
      date: 1,
      chat: { id: 5, type: "private" },
      from: { id: 5, is_bot: false, first_name: "Eve" },
      text: "forged",
    },
  };
  const guesses: Record<string, string>[] = [{}, { "x-telegram-bot-api-secret-token": "guessed" }];
  for (const headers of guesses) {
    const answer = await stack.call("POST", `/webhooks/telegram/${channel.id}`, update, headers);
    assert.equal(answer.status, 401, answer.text);
  }
});

test("a message that waits longer than its ttl_seconds is expired, also while its channel is paused", async () => {
  await using stack = await startStack();
  await using endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  const ana = (await stack.people("whatsapp"))[0]!;
  await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: true });
  const sent = await stack.call("POST", "/v1/messages", text(ana, "too late", { ttl_seconds: 1 }));
  const expired = await endpoint.next("message.expired", (event) => event.type === "message.expired");
  assert.equal(expired.message.id, sent.json.id);
  assert.equal(expired.message.status, "expired");
  assert.equal(expired.message.problem.code, "expired");
  await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: false });
  const next = await stack.call("POST", "/v1/messages", text(ana, "in time"));
  await endpoint.next(
    "delivery",
    (event) => event.type === "message.delivered" && event.message.id === next.json.id,
  );
  assert.ok(!(await stack.screen(ana)).some((message) => message.text === "too late"));
});
