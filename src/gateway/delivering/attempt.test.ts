import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange } from "../transport.ts";
import { retryAfterMs, toldOf } from "./attempt.ts";

const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;

function answer(status: number, headers: Record<string, string> = {}): Exchange {
  return { kind: "answer", response: { status, headers, body: "words" }, cut: false };
}

test("Retry-After is read in seconds and as a date, and a day is the longest", () => {
  const waits: [string, number | undefined][] = [
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7_000],
    ["999999", day],
    ["Thu, 01 Jan 2026 00:01:30 GMT", 90_000],
    ["Thu, 01 Jan 2099 00:00:00 GMT", day],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["", undefined],
  ];
  for (const [text, waitMs] of waits)
    assert.equal(retryAfterMs(answer(503, { "retry-after": text }), now), waitMs, text);
  assert.equal(retryAfterMs(answer(503), now), undefined);
  assert.equal(retryAfterMs({ kind: "unanswered", reason: "ECONNRESET" }, now), undefined);
});

test("every outcome has its category", () => {
  const statuses = {
    200: "ok",
    299: "ok",
    301: "redirect",
    304: "redirect",
    404: "status",
    410: "status",
    503: "status",
  };
  for (const [status, category] of Object.entries(statuses))
    assert.deepEqual(toldOf(answer(Number(status))), {
      category,
      httpStatus: Number(status),
      answer: "words",
    });
  const reasons = {
    ENOTFOUND: "dns",
    EAI_AGAIN: "dns",
    ECONNREFUSED: "refused",
    EHOSTUNREACH: "refused",
    "no answer in time": "timeout",
    UND_ERR_CONNECT_TIMEOUT: "timeout",
    BLOCKED_ADDRESS: "blocked",
    DEPTH_ZERO_SELF_SIGNED_CERT: "tls",
    CERT_HAS_EXPIRED: "tls",
    ERR_TLS_CERT_ALTNAME_INVALID: "tls",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls",
    ECONNRESET: "broken",
    UND_ERR_SOCKET: "broken",
  };
  for (const [reason, category] of Object.entries(reasons))
    assert.deepEqual(toldOf({ kind: "unanswered", reason }), { category, error: `no answer: ${reason}` });
});
