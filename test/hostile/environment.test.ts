import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { guardedAgent } from "../../src/gateway/guard.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { Endpoint } from "../support/endpoint.ts";
import { FileHost } from "../support/file-host.ts";
import { type Stack, startStack } from "../support/stack.ts";

/** A proxy that nobody is to use: it counts who tries. */
let proxy: Server;
let caught = 0;
let stack: Stack;
let env: Record<string, string>;
before(async () => {
  proxy = createServer((socket) => {
    caught++;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const url = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const proxies = Object.fromEntries(names.map((name) => [name, url]));
  // With the last, Node itself would send what goes by its own defaults through them.
  env = { ...proxies, NO_PROXY: "", no_proxy: "", NODE_USE_ENV_PROXY: "1" };
  stack = await startStack({ env });
});
after(async () => {
  proxy.close();
  await stack[Symbol.asyncDispose]();
});

test("proxies of the environment see neither what goes to platforms nor what goes to endpoints", async (t) => {
  await using endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  const [person] = await stack.people("whatsapp");
  const body = { from: person!.channel, to: person!.address, content: { text: { body: "straight" } } };
  assert.equal((await stack.call("POST", "/v1/messages", body)).status, 202);
  const event = await endpoint.next("the report", ({ type }) => type === "message.sent");
  assert.equal(event.type, "message.sent");
  t.diagnostic(`${caught} connections at the proxy`);
  assert.equal(caught, 0);
});

test("nor do they see a command that asks the running gateway, which lies on this machine", async () => {
  const args = [join(import.meta.dirname, "..", "..", "src", "cli", "main.ts"), "backup"];
  const place = { ANTIPHON_DATA: stack.dataDir, ANTIPHON_API_KEY: stack.key, PORT: String(stack.port) };
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...env, ...place },
  });
  assert.match(stdout, /\S/);
  assert.equal(caught, 0);
});

/** The local addresses at which a process listens: of its sockets those in state 0A (man 5 proc). */
function listening(pid: number): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => own.has(fields[9] ?? "") && (fields[3] === "0A" || kind.startsWith("udp")))
      .map((fields) => `${kind} ${fields[1]!.split(":")[0]}`),
  );
}

test("a start without settings listens on 127.0.0.1 alone, and its key opens what no guess opens", async (t) => {
  for (const command of ["start", "serve"] as const) {
    await using fresh = await startStack({ command });
    const places = listening(fresh.child.pid!);
    t.diagnostic(`${command}: ${places.join(", ")}`);
    assert.deepEqual(places, ["tcp 0100007F"]);
    const children = readFileSync(`/proc/${fresh.child.pid}/task/${fresh.child.pid}/children`, "utf8");
    for (const child of children.split(" ").filter(Boolean))
      for (const place of listening(Number(child))) assert.equal(place, "tcp 0100007F");
    for (const guess of [
      "",
      "admin",
      "password",
      "secret",
      "changeme",
      "antiphon",
      "test",
      "ak_",
      "undefined",
      "null",
    ]) {
      const { status } = await fresh.call("GET", "/v1/channels", undefined, {
        authorization: `Bearer ${guess}`,
      });
      assert.ok(status === 401 || status === 429, `${guess}: ${status}`);
    }
  }
});

test("a certificate that nobody vouches for is refused, whatever the environment says", async () => {
  await using host = await FileHost.listen({ "/": { bytes: Buffer.from("reached") } });
  const told = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  try {
    for (const transport of [new Transport(), new Transport(guardedAgent(true))]) {
      const request = { method: "POST", url: host.link("/"), headers: {}, body: "{}" };
      const exchange = await transport.exchange(request, { deadlineMs: 60_000, maxBytes: 100 });
      assert.ok(exchange.kind === "unwritten", JSON.stringify(exchange));
      assert.match(exchange.reason, /CERT|SELF_SIGNED/);
      await transport.close();
    }
  } finally {
    if (told === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = told;
  }
  assert.deepEqual(host.requests, []);
});
