import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpRequest, InboundRequest } from "../src/core/platform.ts";
import { Notifier } from "../src/gateway/delivering/notify.ts";
import { ingestForApp, Router } from "../src/gateway/receiving/app-webhooks.ts";
import { ingest } from "../src/gateway/receiving/ingest.ts";
import { type Exchange, Transport } from "../src/gateway/transport.ts";
import type { EndpointRow } from "../src/store/endpoint-rows.ts";
import type { ChannelRow } from "../src/store/rows.ts";
import { eventually } from "./support/eventually.ts";
import { signature } from "./support/meta-webhook.ts";
import { Workbench } from "./support/workbench.ts";

const secret = "app-secret-of-the-shop";

/** Takes everything, and keeps it. */
class Taking extends Transport {
  readonly requests: HttpRequest[] = [];

  override async exchange(request: HttpRequest): Promise<Exchange> {
    this.requests.push(request);
    return { kind: "answer", response: { status: 204, headers: {}, body: "" }, cut: false };
  }

  to(name: string): HttpRequest[] {
    return this.requests.filter(({ url }) => url === `http://${name}/`);
  }
}

function page(id: string): ChannelRow {
  const shape = { platform: "messenger", baseUrl: "http://127.0.0.1:1", simulated: true } as const;
  const credentials = { access_token: "token" };
  return {
    ...shape,
    id,
    naturalId: id,
    name: id,
    credentials,
    webhookSecret: "own",
    paused: false,
    createdAt: 1,
    appId: "app",
  };
}

function endpoint(id: string, channels: string[] = []): EndpointRow {
  const shape = { format: "raw", events: [], ordered: false, enabled: true, createdAt: 0 };
  return {
    ...shape,
    id,
    url: `http://${id}/`,
    secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0",
    channels,
  } as EndpointRow;
}

interface Scene {
  bench: Workbench;
  taking: Taking;
  /** As Meta posts it. */
  post(body: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function scene(...endpoints: EndpointRow[]): Promise<Scene> {
  const bench = await Workbench.open();
  const { apps, channels } = bench.gateway;
  const app = {
    id: "app",
    provider: "meta",
    appId: "9",
    name: "App",
    verifyToken: "v",
    createdAt: 1,
  } as const;
  await apps.add({ ...app, secrets: [secret] });
  for (const id of ["11", "12"]) await channels.add(page(id));
  for (const one of endpoints) await bench.store.addEndpoint(one);
  const taking = new Taking();
  const notifier = new Notifier(bench.gateway, taking);
  await notifier.start();
  const router = new Router(bench.gateway);
  return {
    bench,
    taking,
    async post(body) {
      const headers = { "x-hub-signature-256": signature(secret, body) };
      const request: InboundRequest = { method: "POST", query: {}, headers, rawBody: Buffer.from(body) };
      assert.equal((await ingestForApp(bench.gateway, apps.get("app")!, request)).kind, "genuine");
      await eventually("the end of routing", async () =>
        (await bench.store.counts()).payloads.unrouted === 0 ? true : undefined,
      );
      bench.gateway.eventsWritten.raise();
    },
    async [Symbol.asyncDispose]() {
      await router.stop();
      await notifier.stop();
      await bench[Symbol.asyncDispose]();
    },
  };
}

const entry = (id: string, text: string) =>
  `{"id":"${id}", "time":1, "messaging":[{"message":{"mid":"m-${text}","text":"${text}"}}]}`;
const hub = (request?: HttpRequest) => request?.headers["x-hub-signature-256"];

test("an app's webhook goes on whole to who takes all of it, and its own parts, signed anew, to who does not", async () => {
  await using here = await scene(endpoint("all"), endpoint("both", ["11", "12"]), endpoint("second", ["12"]));
  const body = `{"object":"page", "entry":[${entry("11", "\\u00e4")},${entry("12", "b")}]}`;
  await here.post(body);
  const part = await eventually("its part", () => here.taking.to("second")[0]);
  for (const name of ["all", "both"]) {
    const whole = await eventually("the whole", () => here.taking.to(name)[0]);
    assert.equal(whole.body, body, "byte for byte");
    assert.equal(hub(whole), signature(secret, body), "as Meta signed it");
  }
  assert.ok(part.body && !part.body.includes("u00e4"), "nothing of the other page's");
  assert.deepEqual(JSON.parse(part.body).entry[0].id, "12");
  assert.equal(hub(part), signature(secret, part.body));
});

test("what changed since it was signed is signed anew by the newest secret", async () => {
  const resting = { ...endpoint("all"), enabled: false };
  await using here = await scene(resting);
  const body = `{"object":"page","entry":[${entry("11", "a")}]}`;
  await here.post(body);
  await here.bench.gateway.apps.update("app", { secrets: ["the-next-secret"] });
  const notifier = new Notifier(here.bench.gateway, here.taking);
  notifier.follow({ ...resting, enabled: true });
  const got = await eventually("it", () => here.taking.to("all")[0]);
  assert.equal(got.body, body);
  assert.equal(hub(got), signature("the-next-secret", body));
  await notifier.stop();
});

test("what Telegram posts carries the endpoint's signature, and never the webhook's secret token", async () => {
  await using here = await scene(endpoint("all"));
  const channel = here.bench.gateway.channels.get("channel")!;
  const body = '{"update_id":1, "message":{"message_id":1}}';
  const headers = { "x-telegram-bot-api-secret-token": "secret" };
  const request = { method: "POST", query: {}, headers, rawBody: Buffer.from(body) };
  assert.equal((await ingest(here.bench.gateway, channel, request)).kind, "genuine");
  here.bench.gateway.eventsWritten.raise();
  const got = await eventually("it", () => here.taking.to("all")[0]);
  assert.equal(got.body, body);
  assert.match(got.headers["webhook-signature"] ?? "", /^v1,/);
  assert.ok(!JSON.stringify(got.headers).includes("secret"));
});
