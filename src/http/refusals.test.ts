import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { GatewayError } from "../core/problem.ts";
import { loggable } from "../log-fields.ts";
import { sendProblem } from "./problem.ts";
import { Refusals } from "./refusals.ts";

test("where the database was looked for stands in the log, and not in the answer", async () => {
  const lines: object[] = [];
  const write = (given: object) => lines.push(loggable(given));
  const log = { info: write, warn: write, error: write };
  const clock = { steady: () => 0 };
  const meter = { count: () => {}, time: () => {} };
  const app = fastify();
  new Refusals({ clock, log, meter } as unknown as ConstructorParameters<typeof Refusals>[0]).watch(app);
  app.setErrorHandler((error: GatewayError, _request, reply) => sendProblem(reply, error));
  const system = { code: "ECONNREFUSED", syscall: "connect", address: "192.0.2.7", port: 57432 };
  const cause = Object.assign(new Error("connect ECONNREFUSED 192.0.2.7:57432"), system);
  app.get("/", () => {
    throw new GatewayError("unavailable", "The database does not answer.", { cause });
  });
  const { statusCode, body } = await app.inject("/");
  await app.close();
  assert.equal(statusCode, 503);
  assert.doesNotMatch(body, /192\.0\.2\.7|57432/);
  const [line] = lines as { code: string; count: number; err: object }[];
  assert.partialDeepStrictEqual(line, { code: "unavailable", count: 1, err: system });
});
