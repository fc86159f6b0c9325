import assert from "node:assert/strict";
import type { lookup } from "node:dns";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import fc from "fast-check";
import { Agent, buildConnector } from "undici";
import { guardedAgent, guardedLookup, isAllowedAddress } from "./guard.ts";
import { Transport } from "./transport.ts";

/** First and last of each range, the neighbours outside where those are public. */
const notPublic = [
  "0.0.0.0",
  "0.255.255.255",
  "10.0.0.0",
  "10.255.255.255",
  "100.64.0.0",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.255",
  "172.16.0.0",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.0.0",
  "192.168.255.255",
  "198.18.0.0",
  "198.19.255.255",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "0:0:0:0:0:0:0:1",
  "64:ff9b::10.0.0.1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fdff:ffff::1",
  "fec0::1",
  "ff02::1",
  "FF02::1",
];
const metadata = [
  "169.254.0.1",
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  "fe80::1",
  "fe80::1%eth0",
  "febf::1",
  "fd00:ec2::254",
  "fd20:ce::254",
];
const reachable = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001:80b::200e",
];

const mappedForms = (address: string) => {
  const [a, b, c, d] = address.split(".").map(Number) as [number, number, number, number];
  const [high, low] = [(a << 8) | b, (c << 8) | d].map((word) => word.toString(16));
  return [
    `::ffff:${address}`,
    `::FFFF:${address}`,
    `0:0:0:0:0:ffff:${address}`,
    `::ffff:${high}:${low}`,
    `64:ff9b::${address}`,
    `::${address}`,
  ];
};

test("private, reserved and metadata addresses are refused", () => {
  for (const address of [...notPublic, ...metadata])
    assert.equal(isAllowedAddress(address, false), false, address);
});

test("public addresses are allowed", () => {
  for (const address of reachable) {
    assert.equal(isAllowedAddress(address, false), true, address);
    assert.equal(isAllowedAddress(address, true), true, address);
  }
});

test("metadata addresses are refused even where private ones are allowed", () => {
  for (const address of metadata) assert.equal(isAllowedAddress(address, true), false, address);
  for (const address of ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd12::1"])
    assert.equal(isAllowedAddress(address, true), true, address);
});

test("an IPv4 address inside an IPv6 one is judged as the address that it reaches", () => {
  for (const address of [...notPublic, ...metadata].filter((one) => one.includes(".") && !one.includes(":")))
    for (const form of mappedForms(address)) assert.equal(isAllowedAddress(form, false), false, form);
  for (const address of metadata.filter((one) => one.includes(".")))
    for (const form of mappedForms(address)) assert.equal(isAllowedAddress(form, true), false, form);
  for (const form of mappedForms("8.8.8.8")) assert.equal(isAllowedAddress(form, false), true, form);
  assert.equal(isAllowedAddress("::ffff:127.0.0.1", true), true);
});

test("a mapped address is judged like the plain one, whatever the address", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.boolean(), (address, allowPrivate) => {
      const plain = isAllowedAddress(address, allowPrivate);
      for (const form of mappedForms(address).slice(0, 5))
        assert.equal(isAllowedAddress(form, allowPrivate), plain, form);
    }),
  );
});

test("decimal, octal, hex, short and full-width spellings of an address are seen through by the URL", () => {
  const spellings = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.0.1.",
    "１２７.0.0.1",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
  ];
  for (const spelling of spellings) {
    const host = new URL(`https://${spelling}/`).hostname.replace(/^\[|\]$/g, "");
    assert.equal(isAllowedAddress(host, false), false, `${spelling} is ${host}`);
  }
  const host = new URL("https://0xa9fea9fe/").hostname;
  assert.equal(isAllowedAddress(host, true), false, "hex metadata");
});

type Answer = { address: string; family: number }[];

/** A resolver that gives the next of `answers` each time; the last one for ever. */
function resolver(...answers: (string[] | Error)[]): { resolve: typeof lookup; asked: () => number } {
  let asked = 0;
  const resolve = (
    _name: string,
    _options: unknown,
    callback: (error: Error | null, found: Answer) => void,
  ) => {
    const next = answers[Math.min(asked++, answers.length - 1)]!;
    if (next instanceof Error) return callback(next, []);
    callback(
      null,
      next.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { resolve: resolve as unknown as typeof lookup, asked: () => asked };
}

function lookUp(allowPrivate: boolean, options: { all: boolean }, ...answers: (string[] | Error)[]) {
  const look = guardedLookup(allowPrivate, resolver(...answers).resolve);
  return new Promise<{ code?: string; found?: unknown }>((resolve) => {
    look("hook.example.com", options, (error, found) => resolve({ code: error?.code, found }));
  });
}

test("a name is refused as a whole when one of its addresses is private", async () => {
  for (const addresses of [
    ["8.8.8.8", "10.0.0.1"],
    ["10.0.0.1", "8.8.8.8"],
    ["2606:4700:4700::1111", "::1"],
    ["8.8.8.8", "::ffff:169.254.169.254"],
  ]) {
    for (const all of [true, false]) {
      const { code } = await lookUp(false, { all }, addresses);
      assert.equal(code, "BLOCKED_ADDRESS", addresses.join());
    }
  }
});

test("a name with public addresses gives all of them, or the first where one is asked for", async () => {
  const all = await lookUp(false, { all: true }, ["8.8.8.8", "1.1.1.1"]);
  assert.deepEqual(all.found, [
    { address: "8.8.8.8", family: 4 },
    { address: "1.1.1.1", family: 4 },
  ]);
  assert.equal((await lookUp(false, { all: false }, ["8.8.8.8"])).found, "8.8.8.8");
});

test("a failed look-up is passed on as it is", async () => {
  const failure = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  assert.equal((await lookUp(false, { all: true }, failure)).code, "ENOTFOUND");
});

async function server() {
  let connections = 0;
  const listening = createServer((_request, response) =>
    response.writeHead(204, { connection: "close" }).end(),
  );
  listening.on("connection", () => connections++);
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    port: (listening.address() as { port: number }).port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      listening.closeAllConnections();
      listening.close();
      await once(listening, "close");
    },
  };
}

const request = (host: string, port: number) => ({
  method: "POST",
  url: `http://${host}:${port}/hook`,
  headers: {},
  body: "{}",
});
const limits = { deadlineMs: 60_000, maxBytes: 100 };

test("a name that answers differently later is checked at every connection, and looked up once for each", async () => {
  await using listening = await server();
  const names = resolver(["127.0.0.1"], ["169.254.169.254"]);
  const connect = buildConnector({ lookup: guardedLookup(true, names.resolve) });
  const transport = new Transport(new Agent({ connect }));
  const first = await transport.exchange(request("rebinding.test", listening.port), limits);
  assert.equal(first.kind === "answer" && first.response.status, 204);
  assert.equal(names.asked(), 1, "no second look-up between check and connection");
  const second = await transport.exchange(request("rebinding.test", listening.port), limits);
  assert.deepEqual(second, { kind: "unwritten", reason: "BLOCKED_ADDRESS" });
  assert.equal(listening.connections(), 1);
  await transport.close();
});

test("the agent opens no connection to a private literal or to a name of this machine", async () => {
  await using listening = await server();
  const transport = new Transport(guardedAgent(false));
  for (const host of ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "localhost"]) {
    const exchange = await transport.exchange(request(host, listening.port), limits);
    assert.deepEqual(exchange, { kind: "unwritten", reason: "BLOCKED_ADDRESS" }, host);
  }
  assert.equal(listening.connections(), 0);
  await transport.close();
  const permissive = new Transport(guardedAgent(true));
  const allowed = await permissive.exchange(request("127.0.0.1", listening.port), limits);
  assert.equal(allowed.kind, "answer");
  await permissive.close();
});
