import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Collector } from "../support/collector.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const button = (body: string) => ({
  interactive: {
    type: "button",
    body: { text: body },
    action: { buttons: [{ type: "reply", reply: { id: "yes", title: "Yes" } }] },
  },
});

async function someone(stack: Stack): Promise<Person> {
  return (await stack.people("telegram"))[0]!;
}

async function metricsOf(stack: Stack): Promise<Map<string, number>> {
  const { text } = await stack.call("GET", "/metrics");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.replace(/ [^ ]+$/, ""), Number(line.split(" ").at(-1))]));
}

test("one trace tells a message's way from the request to the endpoint, and its answer's way back", async () => {
  await using collector = await Collector.open();
  await using endpoint = await Endpoint.listen();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: "shop-gateway" };
  await using stack = await startStack({ env });
  await endpoint.register(stack);
  const person = await someone(stack);
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const sent = await stack.call(
    "POST",
    "/v1/messages",
    { from: person.channel, to: person.address, content: button("Coffee?") },
    { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  );
  assert.equal(sent.status, 202);
  const told = await eventually("the report of it", async () =>
    endpoint.delivered.find(
      ({ event }) => event.type === "message.sent" && event.message.id === sent.json.id,
    ),
  );
  assert.match(told.headers.traceparent!, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  const shown = await stack.newOnScreen(person, 0);
  const asked = shown.find((message) => JSON.stringify(message).includes("Coffee?"));
  assert.equal(
    (await stack.act(person, { act: "tap", message: asked.id, button: "Yes" })).status < 300,
    true,
  );
  const reply = await eventually("the reply", async () =>
    endpoint.delivered.find(({ event }) => event.message?.interactive?.button_reply?.id === "yes"),
  );
  const back = reply.headers.traceparent!.split("-")[1]!;
  await stack.stop();

  const names = collector.of(traceId).map(({ name }) => name);
  const way = ["accept", "lane wait", "platform call", "settle", "event", "delivery"];
  for (const name of way) assert.ok(names.includes(name), `${name} is not among ${names}`);
  const [accept] = collector.of(traceId).filter(({ name }) => name === "accept");
  assert.equal(accept!.parentSpanId, "00f067aa0ba902b7");
  for (const span of collector.of(traceId))
    if (span !== accept) assert.equal(span.parentSpanId, accept!.spanId, span.name);
  const delivery = collector.of(traceId).find(({ spanId }) => told.headers.traceparent!.includes(spanId));
  assert.equal(delivery?.name, "delivery");
  const backNames = new Set(collector.of(back).map(({ name }) => name));
  for (const name of ["poll", "digest", "event", "delivery"])
    assert.ok(backNames.has(name), `${name}: ${[...backNames]}`);
  assert.deepEqual([...collector.services], ["shop-gateway"]);
  const text = JSON.stringify(collector.spans);
  for (const canary of ["Coffee?", "Yes", person.address, stack.key])
    assert.ok(!text.includes(`"${canary}"`), canary);
});

test("without a collector a traceparent goes through to the endpoint as it came, and garbage goes nowhere", async () => {
  await using endpoint = await Endpoint.listen();
  await using stack = await startStack();
  await endpoint.register(stack, { events: ["message.sent"] });
  const person = await someone(stack);
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const send = async (header: string) => {
    const content = { text: { body: "hello" } };
    const { json } = await stack.call(
      "POST",
      "/v1/messages",
      { from: person.channel, to: person.address, content },
      { traceparent: header },
    );
    return eventually("its report", async () =>
      endpoint.delivered.find(({ event }) => event.message.id === json.id),
    );
  };
  assert.equal((await send(traceparent)).headers.traceparent, traceparent);
  assert.equal((await send("00-zz-1-01")).headers.traceparent, undefined);
});

test("a damaged database is found: by request, in the metrics and in the log; a sound one is not", async () => {
  await using stack = await startStack({ env: { LOG_LEVEL: "info" } });
  const person = await someone(stack);
  const content = { text: { body: "hello" } };
  const { json: sent } = await stack.call("POST", "/v1/messages", {
    from: person.channel,
    to: person.address,
    content,
  });
  await eventually("it is sent", async () => {
    const { json } = await stack.call("GET", `/v1/messages/${sent.id}`);
    return json.status === "accepted" || json.status === "sending" ? undefined : true;
  });
  const sound = await stack.call("GET", "/v1/invariants");
  assert.equal(sound.status, 200);
  assert.deepEqual([sound.json.holds, sound.json.violations], [true, []]);
  await stack.stop();
  const db = new DatabaseSync(join(stack.dataDir, "antiphon.db"));
  db.exec("DROP TRIGGER tally_messages_changed; DROP TRIGGER tally_calls_gone");
  db.prepare("UPDATE messages SET status = 'accepted' WHERE id = ?").run(sent.id);
  db.exec("DELETE FROM calls WHERE seq = (SELECT max(seq) FROM calls)");
  db.close();

  await using damaged = await startStack({ from: stack, env: { LOG_LEVEL: "info" } });
  const { json } = await damaged.call("GET", "/v1/invariants");
  assert.equal(json.holds, false);
  const rules = new Set(json.violations.map(({ rule }: { rule: string }) => rule));
  assert.deepEqual([...rules].sort(), ["lost", "miscounted"]);
  assert.ok(json.violations.some(({ detail }: { detail: string }) => detail.includes(sent.id)));
  const metrics = await metricsOf(damaged);
  assert.equal(metrics.get("antiphon_violations"), json.violations.length);
  assert.equal(metrics.get('antiphon_violations_total{rule="lost"}'), 1);
  assert.match(damaged.stderr, /"rule":"lost".*"msg":"an invariant does not hold"/);
});

test("metrics tell queues, outcomes, latencies, pauses and refusals, and name nobody", async () => {
  await using endpoint = await Endpoint.listen();
  await using stack = await startStack({ env: { ANTIPHON_MAX_QUEUED_PER_CHANNEL: "1" } });
  await endpoint.register(stack);
  const person = await someone(stack);
  const body = { from: person.channel, to: person.address, content: { text: { body: "hello" } } };
  const { data } = (await stack.call("GET", "/v1/channels")).json;
  const { id } = data.find(({ platform }: { platform: string }) => platform === "telegram");
  const sent = (await stack.call("POST", "/v1/messages", body)).json.id;
  // What is under way when the channel is paused would fill its queue as well, and then be gone.
  await eventually("it sent", async () =>
    (await stack.call("GET", `/v1/messages/${sent}`)).json.status === "sent" ? true : undefined,
  );
  await stack.call("PATCH", `/v1/channels/${id}`, { paused: true });
  await eventually("a refusal", async () =>
    (await stack.call("POST", "/v1/messages", body)).status === 429 ? true : undefined,
  );
  await stack.call("POST", "/v1/messages", { ...body, content: {} });
  await eventually("a delivery", async () => (endpoint.delivered.length > 0 ? true : undefined));
  const metrics = await eventually("the delivery in the metrics", async () => {
    const now = await metricsOf(stack);
    return now.get('antiphon_delivery_attempts_total{category="ok"}') ? now : undefined;
  });
  const of = `channel="${id}",platform="telegram"`;
  const atLeast = {
    [`antiphon_channel_calls{${of},state="queued"}`]: 1,
    [`antiphon_channel_paused{${of},reason="person"}`]: 1,
    'antiphon_pauses_total{platform="telegram",reason="person"}': 1,
    'antiphon_refusals_total{code="queue_full"}': 1,
    'antiphon_refusals_total{code="invalid_message"}': 1,
    'antiphon_accept_seconds_count{platform="telegram"}': 2,
    'antiphon_accepted_total{platform="telegram"}': 2,
    [`antiphon_channel_limit_per_second{${of}}`]: 1,
    antiphon_commit_seconds_count: 1,
    antiphon_event_seconds_count: 1,
    'antiphon_backlog{of="calls"}': 1,
    'antiphon_backlog_limit{of="calls"}': 5_000_000,
    'antiphon_store_bytes{file="database"}': 4096,
    antiphon_disk_free_bytes: 1,
    antiphon_ready: 1,
    nodejs_eventloop_lag_p99_seconds: 0,
    [`antiphon_endpoint_state{endpoint="${endpoint.id}",state="ok"}`]: 1,
  };
  for (const [name, least] of Object.entries(atLeast))
    assert.ok(metrics.get(name)! >= least, `${name}: ${metrics.get(name)}`);
  const all = [...metrics.keys()].join("\n");
  assert.ok(!all.includes(person.address) && !all.includes(person.name));
});
