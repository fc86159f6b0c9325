import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "./parse.ts";

const credentials = { phone_number_id: "106", waba_id: "77" };
const time = 1_774_000_000;

function told(field: string, value: object) {
  const entry = { id: "77", time, changes: [{ field, value }] };
  return parse({ object: "whatsapp_business_account", entry: [entry] }, credentials);
}
const stateOf = (value: object, field = "account_update") =>
  told(field, value).notices?.map(({ state, until }) => [state, until]);

test("an account that may not answer is restricted until the last of its restrictions ends, one that may not begin is limited", () => {
  const restriction = (restriction_type: string, expiration: string | number) => ({
    restriction_type,
    expiration,
  });
  const answering = restriction("RESTRICTED_CUSTOMER_INITIATED_MESSAGING", "2026-04-19T13:59:20+0000");
  const beginning = restriction("RESTRICTED_BIZ_INITIATED_MESSAGING", Date.UTC(2026, 4, 1) / 1000);
  const event = "ACCOUNT_RESTRICTION";
  const ends = Date.UTC(2026, 3, 19, 13, 59, 20);
  assert.deepEqual(stateOf({ event, restriction_info: [beginning, answering] }), [["restricted", ends]]);
  // Answers go out all the same.
  assert.deepEqual(stateOf({ event, restriction_info: [beginning] }), [["limited", Date.UTC(2026, 4, 1)]]);
  const endless = { restriction_type: answering.restriction_type };
  assert.deepEqual(stateOf({ event, restriction_info: [answering, endless] }), [["restricted", undefined]]);
});

test("a ban is announced, comes, and is taken back", () => {
  const ban = (waba_ban_state: string) =>
    stateOf({ event: "DISABLED_UPDATE", ban_info: { waba_ban_state, waba_ban_date: "December 9, 2022" } });
  assert.deepEqual(ban("SCHEDULE_FOR_DISABLE"), [["warned", undefined]]);
  assert.deepEqual(ban("DISABLE"), [["restricted", undefined]]);
  assert.deepEqual(ban("REINSTATE"), [["lifted", undefined]]);
});

test("reviews, alerts, quality and limits are read, with the time at which Meta said so", () => {
  const alert = (severity: string, more: object = {}) => ({
    entity_type: "PHONE_NUMBER",
    entity_id: "106",
    alert_info: { alert_severity: severity, alert_status: "ACTIVE", alert_type: "OBA_REJECTED" },
    ...more,
  });
  const cases: [string, object, string | undefined][] = [
    ["account_review_update", { decision: "REJECTED" }, "restricted"],
    ["account_review_update", { decision: "APPROVED" }, "lifted"],
    ["account_review_update", { decision: "DEFERRED" }, "warned"],
    ["account_alerts", alert("CRITICAL"), "warned"],
    ["account_alerts", alert("INFORMATIONAL"), "noted"],
    ["account_alerts", alert("CRITICAL", { entity_id: "107" }), undefined],
    ["phone_number_quality_update", { event: "DOWNGRADE", current_limit: "TIER_50" }, "warned"],
    ["phone_number_quality_update", { event: "THROUGHPUT_UPGRADE" }, "noted"],
    ["business_capability_update", { max_daily_conversations_per_business: "TIER_2K" }, "noted"],
  ];
  for (const [field, value, state] of cases) {
    const { notices, unknown } = told(field, value);
    assert.deepEqual([notices?.[0]?.state, unknown.length], [state, state ? 0 : 1], JSON.stringify(value));
    if (state) assert.equal(notices?.[0]?.at, time * 1000);
  }
});

test("a message that fails for the account's sake tells of the account, another does not", () => {
  const failed = (code: number) => {
    const errors = [{ code, title: "Refused", message: "Refused" }];
    const statuses = [{ id: "wamid.1", status: "failed", timestamp: String(time), errors }];
    return told("messages", { messaging_product: "whatsapp", statuses });
  };
  const of = (code: number) => failed(code).notices?.map(({ state }) => state);
  assert.deepEqual([131031, 368, 133010, 131042, 131026].map(of), [
    ["restricted"],
    ["restricted"],
    ["restricted"],
    ["limited"],
    undefined,
  ]);
  assert.equal(failed(131031).events.length, 1);
});

test("what says nothing of sending, or cannot be read, is kept as unknown", () => {
  for (const value of [
    { event: "PARTNER_ADDED" },
    { event: "DISABLED_UPDATE" },
    { event: "__proto__" },
    {},
  ]) {
    const parsed = told("account_update", value);
    assert.deepEqual([parsed.notices, parsed.unknown.length], [undefined, 1], JSON.stringify(value));
  }
});

test("what is lifted is named, so that nothing else ends with it; a reinstated account is free of all", () => {
  const of = (value: object, field = "account_update") =>
    told(field, value).notices?.map(({ state, of }) => [state, of]);
  const ban = (waba_ban_state: string) => of({ event: "DISABLED_UPDATE", ban_info: { waba_ban_state } });
  const restriction_info = [{ restriction_type: "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" }];
  assert.deepEqual(of({ event: "ACCOUNT_RESTRICTION", restriction_info }), [["restricted", "policy"]]);
  assert.deepEqual(ban("DISABLE"), [["restricted", "ban"]]);
  assert.deepEqual(ban("REINSTATE"), [["lifted", undefined]]);
  assert.deepEqual(of({ event: "ACCOUNT_DELETED" }), [["restricted", "deletion"]]);
  assert.deepEqual(of({ event: "ACCOUNT_RECONNECTED" }), [["lifted", "connection"]]);
  const review = (decision: string) => of({ decision }, "account_review_update");
  assert.deepEqual(review("REJECTED"), [["restricted", "review"]]);
  assert.deepEqual(review("APPROVED"), [["lifted", "review"]]);
});
