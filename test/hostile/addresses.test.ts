import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { isIP } from "node:net";
import { after, before, test } from "node:test";
import { buildConnector } from "undici";
import { checkedConnector, guardedAgent, isAllowedAddress } from "../../src/gateway/guard.ts";
import { Uploads } from "../../src/gateway/sending/upload.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { DnsServer } from "../support/dns-server.ts";
import { realClock } from "../support/fake-clock.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let server: Server;
let reached = 0;
before(async () => {
  stack = await startStack({ command: "serve" });
  server = createServer((_request, response) => {
    reached++;
    response.end("reached");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await stack[Symbol.asyncDispose]();
});
const port = () => (server.address() as { port: number }).port;
const limits = { deadlineMs: 60_000, maxBytes: 1_000 };

/** Addresses that nobody outside has business with, by their four bytes. */
const inside = [
  [127, 0, 0, 1],
  [127, 255, 255, 254],
  [10, 0, 0, 1],
  [192, 168, 1, 1],
  [172, 16, 0, 1],
  [169, 254, 169, 254],
  [100, 64, 0, 1],
  [0, 0, 0, 0],
] as const;

const hex = (byte: number) => byte.toString(16);
const octal = (byte: number) => `0${byte.toString(8)}`;
const fullWidth = (text: string) =>
  text.replace(/[0-9.]/g, (char) => (char === "." ? "。" : String.fromCharCode(char.charCodeAt(0) + 0xfee0)));
const circled = (text: string) =>
  text.replace(/[1-9]/g, (digit) => String.fromCharCode(0x2460 + Number(digit) - 1));

/** All the ways to spell one address in a URL. */
function spellings([a, b, c, d]: readonly [number, number, number, number]): string[] {
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const plain = `${a}.${b}.${c}.${d}`;
  const words = `${hex((a << 8) | b)}:${hex((c << 8) | d)}`;
  return [
    plain,
    `${plain}.`,
    String(whole),
    `0x${hex(whole)}`,
    `0X${hex(whole).toUpperCase()}`,
    `0${whole.toString(8)}`,
    [a, b, c, d].map(octal).join("."),
    [a, b, c, d].map((byte) => `0x${hex(byte)}`).join("."),
    `${a}.${((b << 16) | (c << 8) | d) >>> 0}`,
    `${a}.${b}.${(c << 8) | d}`,
    `0x${hex(a)}.${b}.${octal(c)}.${d}`,
    [a, b, c, d].map((byte) => `00${octal(byte)}`).join("."),
    fullWidth(plain),
    circled(plain),
    plain.replaceAll(".", "%2e"),
    plain.replace(/\d/, (digit) => `%3${digit}`),
    plain.replaceAll(".", "．"),
    `[::ffff:${plain}]`,
    `[::ffff:${words}]`,
    `[0:0:0:0:0:ffff:${words}]`,
    `[::${words}]`,
    `[64:ff9b::${plain}]`,
    `[2002:${words}::]`,
  ];
}

const others = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "ｌｏｃａｌｈｏｓｔ",
  "loc\u00adalhost",
  "local\u200bhost",
  "lo\u2060calhost",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::]",
  "[fe80::1]",
  "[fd00:ec2::254]",
  "[fc00::1]",
  "[ff02::1]",
  "[::ffff:0:127.0.0.1]",
  "[64:ff9b:1::7f00:1]",
  "0",
  "00000000000",
  "127.1",
  "127.0.1",
  "0x7f.1",
  "user@127.0.0.1",
  "example.com@127.0.0.1",
  "127.0.0.1\\@example.com",
  "127.0.0.1#@example.com",
  "127.0.0.1?@example.com",
];
const corpus = [...inside.flatMap(spellings), ...others];

test(`each of ${corpus.length} spellings of an inner host is refused when written down, or when connected to`, async (t) => {
  const transport = new Transport(guardedAgent(false));
  const told = { written: 0, connecting: 0 };
  for (const host of corpus) {
    const url = `https://${host}:${port()}/`.replace(/([\\#?]@[^:]*):\d+/, "$1");
    const { status, json, text } = await stack.call("POST", "/v1/endpoints", { url });
    if (status === 422) {
      assert.equal(json.code, "endpoint_not_allowed", `${host}: ${text}`);
      told.written++;
      continue;
    }
    assert.equal(status, 201, `${host}: ${text}`);
    assert.equal(isIP(new URL(url).hostname.replace(/^\[|\]$/g, "")), 0, `${host} was taken`);
    const exchange = await transport.exchange({ method: "POST", url, headers: {}, body: "{}" }, limits);
    assert.ok(exchange.kind === "unwritten", `${host}: ${exchange.kind}`);
    told.connecting++;
  }
  t.diagnostic(
    `${told.written} refused when written down, ${told.connecting} when connecting; ${reached} reached`,
  );
  assert.equal(reached, 0);
  await transport.close();
});

test("a name that changes its address between look-ups never leads where it may not", async (t) => {
  const rounds = 200;
  // Where private addresses are allowed, those of metadata services are not.
  using dns = await DnsServer.listen((index) => (index % 2 ? ["169.254.169.254"] : ["127.0.0.1"]));
  let allowed = 0;
  let blocked = 0;
  for (let round = 0; round < rounds; round++) {
    const transport = new Transport(guardedAgent(true, dns.lookup));
    const asked = dns.told.length;
    const url = `http://rebinding.example:${port()}/`;
    const exchange = await transport.exchange({ method: "POST", url, headers: {}, body: "{}" }, limits);
    assert.equal(dns.told.length, asked + 1, "one look-up: what was checked is what was connected to");
    const was = dns.told.at(-1)![0];
    if (was === "127.0.0.1") assert.equal(exchange.kind, "answer");
    else assert.deepEqual(exchange, { kind: "unwritten", reason: "BLOCKED_ADDRESS" });
    if (exchange.kind === "answer") allowed++;
    else blocked++;
    await transport.close();
  }
  t.diagnostic(`${allowed} of ${rounds} connected to the address that was checked, ${blocked} refused`);
  assert.deepEqual([allowed, blocked], [rounds / 2, rounds / 2]);
});

test("a name with a public and a private address is refused as a whole, in either order", async () => {
  for (const addresses of [
    ["93.184.216.34", "127.0.0.1"],
    ["127.0.0.1", "93.184.216.34"],
    ["93.184.216.34", "10.0.0.1", "1.1.1.1"],
  ]) {
    using dns = await DnsServer.listen(() => addresses);
    const transport = new Transport(guardedAgent(false, dns.lookup));
    const request = { method: "GET", url: `https://mixed.example:${port()}/`, headers: {} };
    assert.deepEqual(await transport.exchange(request, limits), {
      kind: "unwritten",
      reason: "BLOCKED_ADDRESS",
    });
    await transport.close();
  }
});

test("a file's link that rebinds is not fetched", async () => {
  using dns = await DnsServer.listen(() => ["127.0.0.1"]);
  const transport = new Transport(guardedAgent(false, dns.lookup));
  const before = reached;
  const source = { link: `https://files.example:${port()}/a.png`, field: "photo", maxBytes: 1_000 };
  const wish = { channelId: "one", givenUp: new AbortController().signal };
  const fetched = await new Uploads(transport, realClock()).run(source, wish, async () =>
    assert.fail("it was sent"),
  );
  assert.ok(fetched.kind === "failed" && /private network/.test(fetched.reason), JSON.stringify(fetched));
  assert.equal(reached, before);
  await transport.close();
});

test("where the connection stands is looked at once more before a byte is written", async () => {
  // A connector that goes inside, whatever it is asked for, as a broken look-up or a proxy would.
  const lying = buildConnector({ timeout: limits.deadlineMs });
  const connect = checkedConnector(
    (options, callback) => lying({ ...options, hostname: "127.0.0.1" }, callback),
    false,
  );
  const { Agent } = await import("undici");
  const transport = new Transport(new Agent({ connect }));
  const before = reached;
  const request = { method: "POST", url: `http://public.example:${port()}/`, headers: {}, body: "{}" };
  assert.deepEqual(await transport.exchange(request, limits), {
    kind: "unwritten",
    reason: "BLOCKED_ADDRESS",
  });
  assert.equal(reached, before);
  assert.equal(isAllowedAddress("", false), false, "no address is no allowed one");
  await transport.close();
});
