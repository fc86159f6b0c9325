import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type CallProgress,
  type CallState,
  type MessageStatus,
  messageStatus,
  type Receipt,
} from "./status.ts";

const call = (state: CallState, ...receipts: Receipt[]): CallProgress => ({
  state,
  receipts: new Set(receipts),
});

const cases: [title: string, calls: CallProgress[], status: MessageStatus][] = [
  ["nothing sent yet", [call("queued"), call("queued")], "accepted"],
  ["no calls at all", [], "accepted"],
  ["the first of two under way", [call("sending"), call("queued")], "sending"],
  ["one of two accepted", [call("accepted"), call("queued")], "sending"],
  ["all accepted", [call("accepted"), call("accepted")], "sent"],
  ["one of two delivered", [call("accepted", "delivered"), call("accepted")], "sent"],
  ["all delivered", [call("accepted", "delivered"), call("accepted", "delivered")], "delivered"],
  ["one delivered, one read", [call("accepted", "delivered"), call("accepted", "read")], "delivered"],
  ["all read or played", [call("accepted", "read"), call("accepted", "played")], "read"],
  ["read without delivered or sent", [call("accepted", "read")], "read"],
  ["an unanswered call", [call("unknown")], "unknown"],
  ["an unanswered call and one left out behind it", [call("unknown"), call("skipped")], "unknown"],
  ["an unanswered call that the platform reports as delivered", [call("unknown", "delivered")], "delivered"],
  ["an unanswered call that the platform reports as sent", [call("unknown", "sent")], "sent"],
  ["a rejected call", [call("accepted"), call("rejected")], "failed"],
  ["an accepted call that failed later", [call("accepted", "sent", "failed")], "failed"],
  ["a failure notice for what was delivered", [call("accepted", "failed", "delivered")], "delivered"],
  ["a call given up", [call("skipped")], "failed"],
  ["a call that is held", [call("held"), call("queued")], "sending"],
  ["a call whose time is over", [call("expired")], "expired"],
  ["a call whose time is over behind an accepted one", [call("accepted"), call("expired")], "expired"],
  [
    "a call whose time is over behind one that failed later",
    [call("accepted", "failed"), call("expired")],
    "failed",
  ],
  ["calls that were taken back", [call("cancelled"), call("cancelled")], "cancelled"],
  ["a receipt that came before our own answer", [call("sending", "delivered")], "delivered"],
];

for (const [title, calls, status] of cases)
  test(`${title} makes the message ${status}`, () => assert.equal(messageStatus(calls), status));

test("sent never means delivered: acceptance alone reaches no further", () => {
  fc.assert(
    fc.property(fc.array(fc.constant(call("accepted")), { minLength: 1, maxLength: 12 }), (calls) => {
      assert.equal(messageStatus(calls), "sent");
    }),
  );
});

test("a platform's receipts never take a status back, in whatever order they come", () => {
  const rank: Partial<Record<MessageStatus, number>> = { sent: 1, delivered: 2, read: 3 };
  const receipts = fc.shuffledSubarray<Receipt>(["sent", "delivered", "read", "played"]);
  fc.assert(
    fc.property(receipts, (order) => {
      let reached = 0;
      for (let count = 0; count <= order.length; count++) {
        const now = rank[messageStatus([call("accepted", ...order.slice(0, count))])] ?? 0;
        assert.ok(now >= reached);
        reached = now;
      }
      const whole = [call("accepted", ...order)];
      assert.equal(messageStatus(whole), messageStatus([call("accepted", ...[...order].reverse())]));
    }),
  );
});
