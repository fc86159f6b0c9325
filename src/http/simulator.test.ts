import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import fastify from "fastify";
import { eventually } from "../../test/support/eventually.ts";
import type { Caller } from "../core/caller.ts";
import type { GatewayError } from "../core/problem.ts";
import { Signal } from "../gateway/signal.ts";
import { sendProblem } from "./problem.ts";
import type { Server } from "./server.ts";
import { simulatorRoutes } from "./simulator.ts";

const caller: Caller = { keyId: "key_1", name: "reader", scopes: ["read"], channels: [] };

/** The route before a simulator that answers when the test has it answer, and a key that lets in while the test wishes. */
async function opened() {
  const asked: ServerResponse[] = [];
  let connections = 0;
  const simulator = createServer((_request, response) => asked.push(response));
  simulator.on("connection", (socket) => {
    connections++;
    socket.once("close", () => connections--);
  });
  simulator.listen(0, "127.0.0.1");
  await once(simulator, "listening");
  const key = { isGood: true };
  let listeners = 0;
  const counted = <T>(signal: Signal<T>) => ({
    listen(listener: (told: T) => void) {
      listeners++;
      const unlisten = signal.listen(listener);
      return () => {
        listeners--;
        unlisten();
      };
    },
  });
  const changed = new Signal<string>();
  const gateway = {
    keys: { caller: () => (key.isGood ? caller : undefined), changed: counted(changed) },
    sessions: { ended: counted(new Signal<string>()) },
  };
  const simulatorUrl = `http://127.0.0.1:${(simulator.address() as AddressInfo).port}`;
  const app = fastify();
  app.setErrorHandler((error: GatewayError, _request, reply) => sendProblem(reply, error));
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    request.caller = caller;
  });
  simulatorRoutes(app, { gateway, settings: { simulatorUrl } } as unknown as Server);
  let readers = 0;
  app.server.on("connection", (socket) => {
    readers++;
    socket.once("close", () => readers--);
  });
  const url = `${await app.listen({ port: 0, host: "127.0.0.1" })}/v1/simulator/stream`;
  return {
    key,
    changed,
    read: () => get(url, { agent: false }).on("error", () => {}),
    asked: () => eventually("request to the simulator", () => asked.shift()),
    left: () => eventually("end of the reader's connection", () => (readers === 0 ? true : undefined)),
    quiet: () =>
      eventually("end of all connections and listeners", () =>
        connections + listeners === 0 ? true : undefined,
      ),
    async [Symbol.asyncDispose]() {
      await app.close();
      simulator.closeAllConnections();
      simulator.close();
    },
  };
}

const begin = (answer: ServerResponse) => {
  answer.writeHead(200, { "content-type": "text/event-stream" });
  answer.write(": begun\n\n");
};

const response = async (request: ReturnType<typeof get>) =>
  ((await once(request, "response")) as [IncomingMessage])[0];

test("a reader who leaves before the simulator has answered, or while it does, keeps nothing open", async () => {
  await using one = await opened();
  const hasty = one.read();
  const never = await one.asked();
  hasty.destroy();
  await one.left();
  // Where the gateway still listened, it would now have a stream and nobody for it.
  begin(never);
  await one.quiet();

  const late = one.read();
  begin(await one.asked());
  (await response(late)).destroy();
  await one.quiet();
});

test("what happens after a key has expired is not shown any more, and the stream ends", async () => {
  await using one = await opened();
  const reading = one.read();
  const answer = await one.asked();
  begin(answer);
  const read = (await response(reading)).setEncoding("utf8");
  let text = "";
  read.on("data", (part: string) => {
    text += part;
  });
  await eventually("first part", () => (text.includes("begun") ? true : undefined));
  one.key.isGood = false;
  answer.write("data: said after the end\n\n");
  await once(read, "end");
  assert.equal(text, ": begun\n\n");
  await one.quiet();
});

test("a key that is revoked while the simulator is asked reads nothing", async () => {
  await using one = await opened();
  const reading = one.read();
  const answer = await one.asked();
  one.key.isGood = false;
  one.changed.raise(caller.keyId);
  assert.equal((await response(reading)).statusCode, 401);
  await once(answer, "close");
  await one.quiet();
});
