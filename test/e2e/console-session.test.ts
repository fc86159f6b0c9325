import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import { request } from "undici";
import { buildConsole } from "../../scripts/build-console.ts";
import { eventually } from "../support/eventually.ts";
import { readStream } from "../support/read-stream.ts";
import { type Answer, type Stack, send, startStack } from "../support/stack.ts";

/** What the console's own pages send with whatever changes something. */
const ownPage = { "sec-fetch-site": "same-origin", "x-antiphon-console": "1" };

/** A browser, as far as it matters here: it keeps the one cookie. */
class Browser {
  readonly stack: Stack;
  cookie = "";

  constructor(stack: Stack) {
    this.stack = stack;
  }

  async ask(method: string, path: string, more: { body?: unknown; headers?: Record<string, string> } = {}) {
    const headers = { ...ownPage, ...(this.cookie && { cookie: this.cookie }), ...more.headers };
    return send(`${this.stack.url}${path}`, method, more.body, headers);
  }

  async signIn(body: object): Promise<Answer> {
    const answer = await this.ask("POST", "/v1/session", { body });
    const set = String(answer.headers["set-cookie"] ?? "");
    if (set) this.cookie = set.split(";")[0]!;
    return answer;
  }
}

const signedIn = async (stack: Stack, key = stack.key): Promise<Browser> => {
  const browser = new Browser(stack);
  assert.equal((await browser.signIn({ key })).status, 201);
  return browser;
};

const linkIn = (stack: Stack): string => /\/signin#(\S+)/.exec(stack.stdout)![1]!;

const makeKey = async (stack: Stack, wish: object = {}) =>
  (await stack.call("POST", "/v1/keys", { name: "visitor", scopes: ["read"], ...wish })).json;

describe("signing in to the console", () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack[Symbol.asyncDispose]());

  it("takes a key and gives a cookie that no script reads and no other site has sent", async () => {
    const browser = new Browser(stack);
    const answer = await browser.signIn({ key: stack.key });
    assert.equal(answer.status, 201);
    const cookie = String(answer.headers["set-cookie"]);
    assert.match(
      cookie,
      new RegExp(`^antiphon_${stack.port}=[\\w-]{43}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict$`),
    );
    assert.ok(!answer.text.includes(browser.cookie.split("=")[1]!), "the token is for the cookie alone");
    const { status, json } = await browser.ask("GET", "/v1/me");
    assert.equal(status, 200);
    assert.deepEqual(json.key, { id: "key_bootstrap", name: "bootstrap" });
    assert.deepEqual(json.scopes, ["send", "read", "manage", "admin"]);
    assert.equal(json.channels, null);
    assert.equal(json.signed_in, true);
    assert.equal(json.simulator_url, stack.simulatorUrl);
  });

  it("tells a program that sends a key who it is, and needs one", async () => {
    const { json } = await stack.call("GET", "/v1/me");
    assert.equal(json.signed_in, false);
    assert.equal((await stack.call("GET", "/v1/me", undefined, { authorization: "" })).status, 401);
  });

  it("by npm start's link works over and over, and any other secret does not", async () => {
    for (let n = 0; n < 2; n++) {
      const browser = new Browser(stack);
      assert.equal((await browser.signIn({ link: linkIn(stack) })).status, 201);
      assert.equal((await browser.ask("GET", "/v1/me")).status, 200);
    }
    const other = await new Browser(stack).signIn({ link: `${linkIn(stack)}x` });
    assert.equal(other.status, 401);
    assert.equal(other.headers["set-cookie"], undefined);
  });

  it("by the link is for this machine: not behind a proxy, and not from an address elsewhere", async () => {
    for (const header of ["x-forwarded-for", "via", "forwarded"]) {
      const body = { link: linkIn(stack) };
      const answer = await new Browser(stack).ask("POST", "/v1/session", {
        body,
        headers: { [header]: "10.0.0.1" },
      });
      assert.equal(answer.status, 401, header);
    }
  });

  it("wants one of key and link, and nothing else", async () => {
    for (const body of [{}, { key: "a", link: "b" }, { key: 1 }, { password: "x" }, { key: "" }])
      assert.equal((await new Browser(stack).signIn(body)).status, 422, JSON.stringify(body));
  });

  it("that fails sets no cookie, and leaves nothing of the key in the log", async () => {
    const answer = await new Browser(stack).signIn({ key: `${stack.key}0` });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers["set-cookie"], undefined);
    assert.ok(!stack.stderr.includes(stack.key) && !answer.text.includes(stack.key));
  });

  it("and out is told in the audit log, with the key's name and no value", async () => {
    const key = await makeKey(stack, { name: "the night shift" });
    const browser = await signedIn(stack, key.key);
    assert.equal((await browser.ask("DELETE", "/v1/session")).status, 204);
    const { json, text } = await stack.call("GET", `/v1/audit?key=${key.id}`);
    const told = json.data.map((entry: Record<string, unknown>) => [
      entry.action,
      entry.fields,
      entry.status,
    ]);
    assert.deepEqual(told, [
      ["DELETE /v1/session", [], 204],
      ["POST /v1/session", ["key"], 201],
    ]);
    assert.ok(!text.includes(key.key) && !text.includes(browser.cookie.split("=")[1]!));
  });

  it("out ends the session for whoever kept the cookie, and empties it", async () => {
    const browser = await signedIn(stack);
    const answer = await browser.ask("DELETE", "/v1/session");
    assert.match(String(answer.headers["set-cookie"]), /=; Path=\/; Max-Age=0;/);
    const after = await browser.ask("GET", "/v1/me");
    assert.equal(after.status, 401);
    assert.match(after.json.detail, /session has ended/);
    assert.equal((await browser.ask("DELETE", "/v1/session")).status, 204, "again");
  });

  it("anew in the same browser ends what was before", async () => {
    const browser = await signedIn(stack);
    const former = browser.cookie;
    await browser.signIn({ key: stack.key });
    assert.notEqual(browser.cookie, former);
    assert.equal((await browser.ask("GET", "/v1/me", { headers: { cookie: former } })).status, 401);
  });

  it("gives the key's own rights and no more", async () => {
    const [channel] = (await stack.call("GET", "/v1/channels")).json.data;
    const key = await makeKey(stack, { channels: [channel.id] });
    const browser = await signedIn(stack, key.key);
    assert.deepEqual((await browser.ask("GET", "/v1/me")).json.channels, [channel.id]);
    assert.equal((await browser.ask("GET", "/v1/channels")).json.data.length, 1);
    assert.equal(
      (await browser.ask("POST", "/v1/keys", { body: { name: "x", scopes: ["read"] } })).status,
      403,
    );
  });

  it("a key in a header goes before the cookie, also a wrong one", async () => {
    const browser = await signedIn(stack);
    const headers = { authorization: "Bearer nobody" };
    assert.equal((await browser.ask("GET", "/v1/me", { headers })).status, 401);
  });

  it("is over at once when its key is revoked, rotated or expired", async () => {
    const ends: [string, (id: string) => Promise<Answer>][] = [
      ["revoked", (id) => stack.call("DELETE", `/v1/keys/${id}`)],
      ["rotated", (id) => stack.call("POST", `/v1/keys/${id}/rotate`)],
      ["expired", (id) => stack.call("PATCH", `/v1/keys/${id}`, { expires_at: "2020-01-01T00:00:00Z" })],
    ];
    for (const [how, end] of ends) {
      const key = await makeKey(stack);
      const browser = await signedIn(stack, key.key);
      assert.ok((await end(key.id)).status < 300);
      assert.equal((await browser.ask("GET", "/v1/me")).status, 401, how);
    }
  });

  /** Until the gateway ends it. */
  const streamed = async (browser: Browser, path: string): Promise<{ ended: Promise<void> }> => {
    const headers = { ...ownPage, cookie: browser.cookie };
    const { statusCode, body } = await request(`${stack.url}${path}`, { headers });
    assert.equal(statusCode, 200, path);
    const read = async () => {
      for await (const _ of body);
    };
    return { ended: read() };
  };

  it("keeps open streams, those of the simulator too, until it is over in any way", async () => {
    const ends: ((browser: Browser, id: string) => Promise<Answer>)[] = [
      (browser) => browser.ask("DELETE", "/v1/session"),
      (_, id) => stack.call("DELETE", `/v1/keys/${id}`),
      (_, id) => stack.call("POST", `/v1/keys/${id}/rotate`),
      (_, id) => stack.call("PATCH", `/v1/keys/${id}`, { expires_at: "2020-01-01T00:00:00Z" }),
    ];
    for (const end of ends) {
      const key = await makeKey(stack);
      const browser = await signedIn(stack, key.key);
      const streams = [
        await streamed(browser, "/v1/events/stream"),
        await streamed(browser, "/v1/simulator/stream"),
      ];
      assert.ok((await end(browser, key.id)).status < 300);
      await Promise.all(streams.map(({ ended }) => ended));
    }
  });
});

describe("a session's cookie alone", () => {
  let stack: Stack;
  let browser: Browser;
  before(async () => {
    stack = await startStack();
    browser = await signedIn(stack);
  });
  after(() => stack[Symbol.asyncDispose]());

  const cross = (method: string, path: string, headers: Record<string, string>) =>
    send(
      `${stack.url}${path}`,
      method,
      method === "GET" ? undefined : { name: "stolen", scopes: ["admin"] },
      {
        cookie: browser.cookie,
        ...headers,
      },
    );

  const foreign: [what: string, headers: () => Record<string, string>][] = [
    ["a form of another site", () => ({ "sec-fetch-site": "cross-site", origin: "https://evil.example" })],
    [
      "a page of another port of this machine",
      () => ({ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" }),
    ],
    [
      "a page that could set the header, of another site",
      () => ({ ...ownPage, "sec-fetch-site": "cross-site" }),
    ],
    ["a page of another port with the header", () => ({ ...ownPage, "sec-fetch-site": "same-site" })],
    ["an own page without the header", () => ({ "sec-fetch-site": "same-origin", origin: stack.url })],
    ["another value of the header", () => ({ "sec-fetch-site": "same-origin", "x-antiphon-console": "0" })],
    ["an address bar", () => ({ ...ownPage, "sec-fetch-site": "none" })],
    ["an old browser on another site", () => ({ "x-antiphon-console": "1", origin: "https://evil.example" })],
    ["an old browser in a sandboxed frame", () => ({ "x-antiphon-console": "1", origin: "null" })],
    ["a program without an origin", () => ({ "x-antiphon-console": "1" })],
  ];
  for (const [what, headers] of foreign) {
    it(`changes nothing from ${what}`, async () => {
      for (const [method, path] of [
        ["POST", "/v1/keys"],
        ["PATCH", "/v1/keys/key_bootstrap"],
        ["DELETE", "/v1/session"],
      ] as const) {
        const { status, json } = await cross(method, path, headers());
        assert.deepEqual([status, json.code], [403, "cross_site"], `${method} ${path}`);
      }
      const { json } = await stack.call("GET", "/v1/keys");
      assert.deepEqual(
        json.data.map(({ name }: { name: string }) => name),
        ["bootstrap"],
      );
      assert.equal((await browser.ask("GET", "/v1/me")).status, 200, "still signed in");
    });
  }

  it("reads nothing for another site, not the stream either", async () => {
    for (const path of ["/v1/me", "/v1/messages", "/v1/events/stream", "/metrics"])
      for (const headers of [
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
        { origin: "https://evil.example" },
      ] as Record<string, string>[]) {
        // A metrics reader of this machine needs no key at all.
        const via: Record<string, string> = path === "/metrics" ? { via: "1.1 proxy" } : {};
        const { status, json } = await cross("GET", path, { ...headers, ...via });
        assert.deepEqual([status, json.code], [403, "cross_site"], path);
      }
  });

  it("reads for the own page, for a typed address, and for a browser that tells nothing", async () => {
    for (const headers of [
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
      { origin: stack.url },
      {},
    ])
      assert.equal((await cross("GET", "/v1/me", headers as Record<string, string>)).status, 200);
  });

  it("changes something for an old browser on the own page", async () => {
    const headers = { "x-antiphon-console": "1", origin: stack.url };
    assert.equal((await cross("POST", "/v1/messages/preview", headers)).status, 422);
  });

  it("cannot be planted by another site's form that signs in as somebody else", async () => {
    const signing = await send(
      `${stack.url}/v1/session`,
      "POST",
      { key: stack.key },
      { "sec-fetch-site": "cross-site", "x-antiphon-console": "1" },
    );
    assert.deepEqual([signing.status, signing.json.code], [403, "cross_site"]);
    assert.equal(signing.headers["set-cookie"], undefined);
  });
});

test("sign-ins that fail are limited as failed keys are, and a valid key is let in all the same", async () => {
  await using stack = await startStack();
  const statuses = new Set<number>();
  for (let n = 0; n < 61; n++) statuses.add((await new Browser(stack).signIn({ key: `wrong-${n}` })).status);
  assert.deepEqual([...statuses], [401, 429]);
  const limited = await new Browser(stack).signIn({ key: "wrong" });
  assert.ok(Number(limited.headers["retry-after"]) > 0);
  assert.equal((await new Browser(stack).signIn({ link: "wrong" })).status, 429);
  await signedIn(stack);
});

test("nothing of a sign-in is read for another page, and of an own one little", async () => {
  await using stack = await startStack();
  const large = { key: "x".repeat(5_000) };
  const foreign = await send(`${stack.url}/v1/session`, "POST", large, {});
  assert.deepEqual([foreign.status, foreign.json.code], [403, "cross_site"]);
  const own = await new Browser(stack).signIn(large);
  assert.deepEqual([own.status, own.json.code], [413, "body_too_large"]);
  assert.match(own.json.detail, /at most 4 KiB/);
  const leaving = await send(`${stack.url}/v1/session`, "DELETE", large, {});
  assert.equal(leaving.status, 413);
});

test("sign-ins that show no key are limited too: no JSON, none of both, too large", async () => {
  await using stack = await startStack();
  const bodies: unknown[] = [{}, { key: "x".repeat(5_000) }, "no object"];
  const statuses = new Map<number, number>();
  for (let n = 0; n < 63; n++) {
    const { status } = await new Browser(stack).ask("POST", "/v1/session", { body: bodies[n % 3] });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(statuses), { 422: 20, 413: 20, 400: 20, 429: 3 });
  await signedIn(stack);
});

test("what is missing of the console is remembered by no browser, and what is there for long", async () => {
  await buildConsole();
  await using stack = await startStack();
  const missing = await send(`${stack.url}/assets/former-build.js`, "GET", undefined, {});
  assert.deepEqual([missing.status, missing.headers["cache-control"]], [404, "no-store"]);
  const page = await send(`${stack.url}/`, "GET", undefined, {});
  const script = /"(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1];
  const there = await send(`${stack.url}${script}`, "GET", undefined, {});
  assert.equal(there.headers["cache-control"], "public, max-age=31536000, immutable");
});

test("a session goes on over a restart, one that was signed out does not, and the link is another", async () => {
  const first = await startStack();
  const [stays, leaves] = [await signedIn(first), await signedIn(first)];
  assert.equal((await leaves.ask("DELETE", "/v1/session")).status, 204);
  const link = linkIn(first);
  await first.stop("SIGKILL");
  await using second = await startStack({ from: first });
  const again = new Browser(second);
  again.cookie = stays.cookie;
  assert.equal((await again.ask("GET", "/v1/me")).status, 200);
  again.cookie = leaves.cookie;
  assert.equal((await again.ask("GET", "/v1/me")).status, 401);
  assert.notEqual(linkIn(second), link);
  assert.equal((await new Browser(second).signIn({ link })).status, 401);
});

test("serve prints no link, and takes none", async () => {
  await using stack = await startStack({ command: "serve" });
  assert.doesNotMatch(stack.stdout + stack.stderr, /signin/);
  assert.equal((await new Browser(stack).signIn({ link: "anything" })).status, 401);
});

test("where a trusted proxy speaks TLS the cookie is for TLS and this host alone", async () => {
  await using stack = await startStack({ env: { ANTIPHON_TRUST_PROXY: "true" } });
  const headers = { ...ownPage, "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9" };
  const signing = await send(`${stack.url}/v1/session`, "POST", { key: stack.key }, headers);
  const cookie = String(signing.headers["set-cookie"]);
  assert.match(
    cookie,
    /^__Host-antiphon=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
  );
  const token = cookie.split(";")[0]!;
  const me = (more: Record<string, string>) =>
    send(`${stack.url}/v1/me`, "GET", undefined, { cookie: token, ...more });
  assert.equal((await me(headers)).status, 200);
  assert.equal((await me({})).status, 401, "not without TLS");
});

test("the stream goes on after the last event seen, over a restart, and says when nothing older is left", async () => {
  const first = await startStack();
  const browser = await signedIn(first);
  const headers = { ...ownPage, cookie: browser.cookie };
  const seen = await readStream(
    `${first.url}/v1/events/stream?recent=200&caught_up=tell`,
    headers,
    (events) => events.some(({ event }) => event === "stream.caught_up"),
  );
  const last = seen.findLast(({ id }) => id !== undefined)!;
  const [person] = await first.people("telegram");
  await first.act(person!, { act: "say", text: "while nobody looked" });
  await eventually("the event", async () =>
    (await first.call("GET", "/v1/events?limit=20")).text.includes("while nobody looked") ? true : undefined,
  );
  await first.stop();
  await using second = await startStack({ from: first });
  for (const how of ["header", "query"] as const) {
    const after = how === "query" ? `&after=${last.id}` : "";
    const resumed: Record<string, string> =
      how === "header" ? { ...headers, "last-event-id": last.id! } : headers;
    const next = await readStream(
      `${second.url}/v1/events/stream?caught_up=tell${after}`,
      resumed,
      (events) => events.some(({ event }) => event === "stream.caught_up"),
    );
    assert.equal(next.at(-1)!.event, "stream.caught_up");
    assert.ok(!next.some(({ id }) => id !== undefined && Number(id) <= Number(last.id)), "nothing twice");
    assert.ok(
      next.some(({ data }) => data.includes("while nobody looked")),
      how,
    );
  }
});

test("a stream that is to go on after an event of another gateway begins with what happens now", async () => {
  await using stack = await startStack();
  const url = `${stack.url}/v1/events/stream?caught_up=tell&after=999999999`;
  const headers = { authorization: `Bearer ${stack.key}` };
  const [person] = await stack.people("telegram");
  const events = await readStream(url, headers, (all) => {
    if (all.length === 1) void stack.act(person!, { act: "say", text: "a new day" });
    return all.some(({ data }) => data.includes("a new day"));
  });
  assert.equal(events[0]!.event, "stream.caught_up");
});
