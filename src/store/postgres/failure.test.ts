import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { DatabaseError } from "pg";
import { GatewayError } from "../../core/problem.ts";
import { explain, explainOpening, isLost } from "./failure.ts";

function answered(code: string): DatabaseError {
  const error = new DatabaseError("what it said", 12, "error");
  return Object.assign(error, { code, severity: "ERROR" });
}

function codeOf(error: unknown): string | undefined {
  const explained = explain(error);
  return explained instanceof GatewayError ? explained.code : undefined;
}

test("a host that cannot be reached by any of its addresses, or has none, is not there, which passes", async () => {
  // What Node.js gives for a name with two addresses has no system call of its own.
  const refused = await new Promise((resolve) =>
    connect({
      host: "two.example",
      port: 1,
      autoSelectFamily: true,
      lookup: (_host, _options, found) =>
        found(null, [
          { address: "127.0.0.1", family: 4 },
          { address: "::1", family: 6 },
        ]),
    }).once("error", resolve),
  );
  assert.ok(refused instanceof AggregateError);
  const coded = ["ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"].map((code) =>
    Object.assign(new Error(code), { code }),
  );
  for (const error of [refused, ...coded]) {
    assert.equal(isLost(error), true, String(error));
    assert.equal(codeOf(error), "unavailable");
  }
  assert.equal(isLost(Object.assign(new Error("ours"), { code: "ERR_ASSERTION" })), false);
});

test("what is the server's own state passes, what lies in what was asked does not", () => {
  const passing = ["08006", "0A000", "26000", "40001", "53300", "55P03", "57014", "58030", "58P01", "XX000"];
  for (const code of passing) assert.equal(codeOf(answered(code)), "unavailable", code);
  assert.equal(codeOf(answered("53100")), "disk_full");
  assert.equal(codeOf(answered("23505")), "conflict");
  for (const code of ["22021", "42703", "54000"]) {
    const error = answered(code);
    assert.equal(explain(error), error, code);
  }
});

test("a database that is away is told without its address, which the cause keeps", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED 192.0.2.7:57432"), {
    code: "ECONNREFUSED",
    syscall: "connect",
  });
  const told = explain(cause);
  assert.ok(told instanceof GatewayError);
  assert.equal(
    told.detail,
    "The database does not answer. What was accepted is safe; it goes on by itself: try again.",
  );
  assert.equal(told.cause, cause);
});

test("a server that lets nobody more in is told by what to raise, at a start and later", () => {
  const full = Object.assign(answered("53300"), { severity: "FATAL" });
  for (const told of [explain(full), explainOpening(full, "the database")]) {
    assert.ok(told instanceof GatewayError);
    assert.match(
      told.detail,
      /max_connections, and a CONNECTION LIMIT of the role or the database, must be at least 14 × the number/,
    );
  }
});

test("a connection that the server has ended is lost in whatever language it says so", () => {
  for (const code of ["57P01", "25P03", "25P04", "08006"]) {
    const ended = Object.assign(answered(code), { severity: "ВАЖНО" });
    assert.equal(isLost(ended), true, code);
  }
  assert.equal(isLost(answered("25P02")), false);
});
