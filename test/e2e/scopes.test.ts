import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { request as undici } from "undici";
import { scopes } from "../../src/core/scope.ts";
import { operations } from "../../src/http/operations.ts";
import { eventually } from "../support/eventually.ts";
import { scopeTable } from "../support/scope-table.ts";
import { type Stack, startStack } from "../support/stack.ts";

/** Whose things a request names: of the limited key's channels, of others, or of nobody. */
type Whose = "own" | "foreign" | "nobody";
type Ids = Record<Whose, string>;

const routes = operations.map((one) => ({ ...one, route: `${one.method.toUpperCase()} ${one.path}` }));
type Route = (typeof routes)[number];
const promised = new Map(scopeTable().map((row) => [row.route, row]));
const keyed = routes.filter(({ scope }) => scope !== "open" && scope !== "any");

let stack: Stack;
const receiver = createServer((_request, response) => void response.writeHead(204).end());
let receiverUrl = "";
const keys: Record<string, string> = {};
/** By the noun in a route's address. */
const ids: Record<string, Ids> = {};
/** Numbers of our own for callers' addresses, so that no refusal is for too many from one. */
let callers = 0;

interface Answer {
  status: number;
  text: string;
}

async function ask(
  { method, path, route }: Route,
  key: string | undefined,
  whose: Whose,
  query = "",
): Promise<Answer> {
  const url = `${stack.url}${addressOf(path, whose)}${query}`;
  callers++;
  const answer = await undici(url, {
    method: method.toUpperCase() as "GET",
    headers: {
      "x-forwarded-for": `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}`,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(method !== "get" && { "content-type": "application/json" }),
      // Of the console's own pages: others may not sign anybody in.
      ...(path === "/v1/session" && { "sec-fetch-site": "same-origin", "x-antiphon-console": "1" }),
    },
    body: method === "post" || method === "patch" ? JSON.stringify(bodyOf(route, whose)) : undefined,
  });
  if (!String(answer.headers["content-type"]).startsWith("text/event-stream"))
    return { status: answer.statusCode, text: await answer.body.text() };
  return { status: answer.statusCode, text: await streamed(answer.body, query) };
}

/** With `recent` until an own event has come: it is the last one, so whatever was to come before it has. */
async function streamed(body: AsyncIterable<Buffer> & { destroy(): void }, query: string): Promise<string> {
  let text = "";
  if (query !== "")
    for await (const chunk of body) {
      text += chunk;
      if (text.includes("said last")) break;
    }
  body.destroy();
  return text;
}

function addressOf(path: string, whose: Whose): string {
  const [, , noun = ""] = path.split("/");
  return path
    .replace("{version}", "v25.0")
    .replace("{code}", "not_found")
    .replace("{phone_number_id}", () => named("natural ids", whose, path))
    .replace("{replay}", () => named("replays", whose, path))
    .replace(/\{\w+\}/, () => named(noun, whose, path));
}

function named(noun: string, whose: Whose, path: string): string {
  const known = ids[noun];
  assert.ok(known, `${path}: give \`ids.${noun}\` an own and a foreign id in test/e2e/scopes.test.ts`);
  return known[whose];
}

/** What a route is asked with; by default nothing. A body that names a channel names one of theirs. */
function bodyOf(route: string, whose: Whose): object {
  const channel = ids.channels![whose];
  const content = { text: { body: "Hello" } };
  const bodies: Record<string, object> = {
    "POST /v1/messages": { from: channel, to: ids.addresses![whose], content },
    "POST /v1/messages/preview": { from: channel, to: ids.addresses![whose], content },
    "POST /v1/messages/{id}/resolve": { outcome: "sent" },
    "PATCH /v1/channels/{id}": { name: "Renamed" },
    "PATCH /v1/apps/{id}": { name: "Renamed" },
    "POST /v1/endpoints": { url: receiverUrl, channels: [channel] },
    "POST /v1/endpoints/{id}/replay": { state: "dead" },
    "PATCH /v1/endpoints/{id}": { channels: [ids.channels!.own] },
    "POST /v1/keys": { name: "made", scopes: ["read"], channels: [channel] },
    "PATCH /v1/keys/{id}": { name: "renamed" },
    "POST /{version}/{phone_number_id}/messages": {
      messaging_product: "whatsapp",
      to: ids.addresses![whose],
      type: "text",
      text: { body: "Hello" },
    },
  };
  return bodies[route] ?? {};
}

const nobody: Record<string, string> = {
  "natural ids": "999000999",
  addresses: "15550000000",
  channels: "00000000-0000-7000-8000-000000000000",
  apps: "00000000-0000-7000-8000-000000000001",
  messages: `msg_${"0".repeat(32)}`,
  conversations: `cnv_${"0".repeat(32)}`,
  contacts: `ctc_${"0".repeat(32)}`,
  events: `evt_${"0".repeat(32)}`,
  deliveries: `dlv_${"0".repeat(32)}`,
  endpoints: `ep_${"0".repeat(32)}`,
  replays: `rpl_${"0".repeat(32)}`,
  keys: "key_000000000000",
  backups: "antiphon-2026-01-01T00-00-00Z-00000000.db",
  simulator: "whatsapp:0",
  media: `med_${"A".repeat(120)}`,
};

before(async () => {
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  receiverUrl = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/`;
  stack = await startStack({ env: { ANTIPHON_TRUST_PROXY: "true" } });
  for (const [noun, id] of Object.entries(nobody)) ids[noun] = { own: "", foreign: "", nobody: id };
  const byPlatform = new Map((await list("/v1/channels")).map((channel) => [channel.platform, channel]));
  await plant("own", byPlatform.get("messenger"));
  await plant("foreign", byPlatform.get("whatsapp"));
  const channels = [byPlatform.get("messenger").id, byPlatform.get("instagram").id];
  const [served] = await list("/v1/apps");
  assert.deepEqual(new Set(served.channels), new Set(channels), "Messenger and Instagram share an app");
  ids.apps!.own = served.id;
  const app = { app_id: "123450001", app_secret: "0123456789abcdef0123456789abcdef" };
  ids.apps!.foreign = (await call("POST", "/v1/apps", app)).id;
  for (const scope of scopes) keys[scope] = (await makeKey([scope])).key;
  keys.limited = (await makeKey(["admin"], channels)).key;
  const [expired, revoked] = [await makeKey(["admin"]), await makeKey(["admin"])];
  await call("PATCH", `/v1/keys/${expired.id}`, { expires_at: "2020-01-01T00:00:00Z" });
  await stack.call("DELETE", `/v1/keys/${revoked.id}`);
  Object.assign(keys, { expired: expired.key, revoked: revoked.key });
});
after(async () => {
  await stack[Symbol.asyncDispose]();
  receiver.closeAllConnections();
  receiver.close();
});

// biome-ignore lint/suspicious/noExplicitAny: see Answer.json of the stack
async function call(method: string, path: string, body?: object): Promise<any> {
  const { status, json, text } = await stack.call(method, path, body);
  assert.ok(status < 300, `${method} ${path}: ${text}`);
  return json;
}

// biome-ignore lint/suspicious/noExplicitAny: see Answer.json of the stack
const list = async (path: string): Promise<any[]> => (await call("GET", path)).data;

const makeKey = (scopes: string[], channels: string[] | null = null) =>
  call("POST", "/v1/keys", { name: scopes.join(), scopes, channels });

/** One thing of each kind that belongs to a channel. */
// biome-ignore lint/suspicious/noExplicitAny: see Answer.json of the stack
async function plant(whose: Whose, channel: any): Promise<void> {
  const place = (noun: string, id: string) => {
    ids[noun]![whose] = id;
  };
  place("channels", channel.id);
  place("natural ids", channel.natural_id);
  const wish = { url: receiverUrl, channels: [channel.id] };
  const endpoint = (await call("POST", "/v1/endpoints", wish)).id;
  place("endpoints", endpoint);
  place("replays", (await call("POST", `/v1/endpoints/${endpoint}/replay`, { state: "dead" })).id);
  place("keys", (await makeKey(["send"], [channel.id])).id);
  const person = (await stack.people(channel.platform)).find((one) => one.channel === channel.natural_id)!;
  place("addresses", person.address);
  await stack.act(person, { act: "send", image: {} });
  const event = await eventually("the picture", async () => {
    const events = await list(`/v1/events?channel=${channel.id}&type=message.received`);
    return events.find(({ message }) => message.type === "image");
  });
  place("events", event.id);
  place("messages", event.message.id);
  place("conversations", event.conversation.id);
  place("contacts", event.conversation.contact.id);
  place("media", event.message.image.id);
  const deliveries = `/v1/deliveries?endpoint=${ids.endpoints![whose]}&event=${event.id}`;
  place("deliveries", (await eventually("its delivery", async () => (await list(deliveries))[0])).id);
}

/** What came of a request to a key's holder, as the table's cells write it. */
function cellOf({ status }: Answer): string {
  assert.ok(status < 500, `it failed with ${status}`);
  return status === 401 || status === 403 ? String(status) : "yes";
}

describe("docs/security.md tells what comes of", () => {
  it("every route, and of no other", () => {
    assert.deepEqual(
      routes.map(({ route }) => route),
      [...promised.keys()],
    );
  });

  for (const one of routes) {
    const { cells } = promised.get(one.route) ?? { cells: {} as Record<string, string> };

    it(`${one.route} for each scope`, async () => {
      const got: Record<string, string> = {};
      for (const scope of scopes) got[scope] = cellOf(await ask(one, keys[scope], "nobody"));
      const { none: _, ...told } = cells;
      assert.deepEqual(got, told);
    });

    it(`${one.route} without a key that is valid`, async () => {
      const [wanted = ""] = (cells.none ?? "").split(",");
      const wrong = [undefined, keys.expired, keys.revoked, `${keys.admin}0`, "no-key-at-all-0123456789"];
      for (const key of wrong) assert.equal(cellOf(await ask(one, key, "nobody")), wanted);
    });
  }
});

/** What an answer says, whichever id was asked for. */
function said(answer: Answer, whose: Whose): Answer {
  let { text } = answer;
  const spoken = Object.values(ids).map((one) => one[whose]);
  for (const id of spoken) if (id !== "") text = text.replaceAll(id.slice(0, 64), "…");
  return { status: answer.status, text: text.replace(/"fbtrace_id":"[^"]*"/, "") };
}

describe("a key that is limited to some channels", () => {
  for (const one of keyed.filter(({ reach }) => reach === "named")) {
    it(`is told of a foreign one what it is told of nobody's: ${one.route}`, async () => {
      assert.equal(promised.get(one.route)?.foreign, "hidden");
      const [foreign, none] = [
        await ask(one, keys.limited, "foreign"),
        await ask(one, keys.limited, "nobody"),
      ];
      assert.deepEqual(said(foreign, "foreign"), said(none, "nobody"));
      const refusal = one.path.startsWith("/{version}") ? [400] : [404, 422];
      assert.ok(refusal.includes(foreign.status), `${foreign.status} ${foreign.text}`);
    });
  }

  for (const one of keyed.filter(({ reach }) => reach === "listed")) {
    it(`finds its own in a list, and of foreign ones nothing: ${one.route}`, async () => {
      assert.equal(promised.get(one.route)?.foreign, "left out");
      const isStream = one.path.endsWith("/stream");
      if (isStream) await sayLast();
      const query = isStream ? "?recent=200" : "";
      const [limited, whole] = [
        await ask(one, keys.limited, "nobody", query),
        await ask(one, stack.key, "nobody", query),
      ];
      const texts = (whose: Whose) => Object.values(ids).map((each) => each[whose]);
      const platforms = { own: ["messenger"], foreign: ["telegram"], nobody: [] };
      const found = ({ text }: Answer, whose: Whose) =>
        [...texts(whose), ...platforms[whose]].filter((each) => each !== "" && text.includes(`"${each}"`));
      assert.deepEqual(found(limited, "foreign"), []);
      assert.notDeepEqual(found(limited, "own"), [], limited.text);
      assert.notDeepEqual(found(whole, "foreign"), [], "there are some");
    });
  }

  for (const one of keyed.filter(({ reach }) => reach === undefined)) {
    it(`is refused where all channels are concerned: ${one.route}`, async () => {
      assert.equal(promised.get(one.route)?.foreign, "403");
      assert.equal((await ask(one, keys.limited, "nobody")).status, 403);
    });
  }

  it("may not point an endpoint or a key of its own at a foreign channel", async () => {
    for (const [noun, method] of [
      ["endpoints", "PATCH"],
      ["keys", "PATCH"],
    ] as const) {
      const path = `/v1/${noun}/${ids[noun]!.own}`;
      const wish = { channels: [ids.channels!.foreign] };
      const answer = await stack.call(method, path, wish, { authorization: `Bearer ${keys.limited}` });
      assert.equal(answer.status, 422);
      assert.equal(answer.json.errors[0].rule, "unknown_channel");
    }
  });

  it("that names no channels has an endpoint and a key take its own", async () => {
    const channels = (await list("/v1/channels")).filter(({ platform }) =>
      /messenger|instagram/.test(platform),
    );
    const wanted = new Set(channels.map(({ id }) => id));
    const headers = { authorization: `Bearer ${keys.limited}` };
    for (const [path, body, all] of [
      ["/v1/endpoints", { url: receiverUrl }, []],
      ["/v1/keys", { name: "as wide", scopes: ["read"] }, null],
    ] as const) {
      const { json } = await stack.call("POST", path, body, headers);
      assert.deepEqual(new Set(json.channels), wanted, path);
      const emptied = await stack.call("PATCH", `${path}/${json.id}`, { channels: all }, headers);
      assert.deepEqual(new Set(emptied.json.channels), wanted, path);
    }
  });

  // Last, for they remove what they are given.
  const deletesLast = ({ method, path }: Route) =>
    method !== "delete" ? 0 : path.includes("channels") ? 3 : path.includes("{id}/") ? 1 : 2;
  const named = keyed
    .filter(({ reach }) => reach === "named")
    .sort((a, b) => deletesLast(a) - deletesLast(b));
  for (const one of named) {
    it(`does with its own what its scopes allow: ${one.route}`, async () => {
      const { status, text } = await ask(one, keys.limited, "own");
      const isConflict = status === 409 && /resolve|cancel|apps/.test(one.path);
      assert.ok(status < 300 || isConflict, `${status} ${text}`);
    });
  }
});

/** The newest event of all, in an own channel, after one in a foreign one. */
async function sayLast(): Promise<void> {
  for (const [platform, text] of [
    ["whatsapp", "said before"],
    ["messenger", "said last"],
  ] as const) {
    const [person] = await stack.people(platform);
    await stack.act(person!, { act: "say", text });
    await eventually(text, async () => {
      const events = await list("/v1/events?limit=20");
      return events.find(({ message }) => message?.text?.body === text);
    });
  }
}
