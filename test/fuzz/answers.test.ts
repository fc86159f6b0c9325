import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import type { HttpResponse, InboundRequest, Outcome, Verdict } from "../../src/core/platform.ts";
import type { PlatformProblem } from "../../src/core/problem.ts";
import { appProvider, platforms } from "../../src/platforms/index.ts";
import { Chance } from "./chance.ts";
import { mutated, mutateTree } from "./mutate.ts";
import { again, runs, seed } from "./run.ts";
import { credentials, platformNames, seeds } from "./seeds.ts";

const error = { message: "No", type: "OAuthException", code: 100, error_subcode: 33, is_transient: false };
const configuration = { phone_number: "https://e.com/hook", application: "https://e.com" };
const meta = [
  { messaging_product: "whatsapp", contacts: [{ input: "+1", wa_id: "1" }], messages: [{ id: "wamid.A" }] },
  { recipient_id: "254105938465123", message_id: "m_1" },
  { success: true },
  { error },
  { error: { ...error, error_data: { details: "Why" }, error_user_msg: "Sorry", code: "131056" } },
  { error: { code: 1, error_subcode: 1_357_046, message: "invalid JSON reply" } },
  { id: "1", name: "Shop", username: "shop", user_id: "17841405822304914", verified_name: "Shop" },
  { id: "1", display_phone_number: "+1 555", webhook_configuration: configuration },
  { data: [{ object: "page", callback_url: "https://e.com/hook", fields: [{ name: "messages" }] }] },
  { data: [{ id: "1", name: "App", subscribed_fields: ["messages"] }] },
  { data: [{ permission: "pages_messaging", status: "granted" }] },
  { data: { is_valid: true, scopes: ["pages_messaging"], app_id: "1" } },
  { url: "https://lookaside.fbsbx.com/a", mime_type: "image/jpeg", file_size: 1, id: "1" },
];
const message = { message_id: 1, chat: { id: 5, type: "private" }, date: 1, poll: { id: "9" } };
const bot = [
  { ok: true, result: message },
  { ok: true, result: [message, message] },
  { ok: true, result: true },
  { ok: true, result: { url: "https://e.com/hook", pending_update_count: 0, last_error_date: 1 } },
  { ok: true, result: [{ update_id: 1, message }] },
  { ok: true, result: { file_id: "a", file_path: "photos/a.jpg" } },
  { ok: true, result: { id: 5, is_bot: true, first_name: "Shop", username: "shop_bot" } },
  { ok: false, error_code: 429, description: "retry after 5", parameters: { retry_after: 5 } },
  {
    ok: false,
    error_code: 400,
    description: "Bad Request: group chat was upgraded",
    parameters: { migrate_to_chat_id: -1 },
  },
];
const answers = [...meta, ...bot].map((answer) => JSON.stringify(answer));

/** Longer than any wait that can be meant; a time after it must still be one. */
const longestSeconds = 1_000_000_000;

function assertProblem({ code, message }: PlatformProblem): void {
  assert.ok(typeof code === "string" && code.length > 0 && code.length <= 100, `the code ${code}`);
  assert.ok(typeof message === "string" && message.length > 0, "a problem says nothing");
}

function assertOutcome(outcome: Outcome): void {
  if (outcome.kind === "accepted") {
    for (const id of [...outcome.platformIds, ...(outcome.aliases ?? [])])
      assert.ok(typeof id === "string" && id !== "", "an id is no text");
    return;
  }
  assertProblem(outcome.problem);
  if (outcome.kind !== "retry") return;
  assert.ok(["contact", "channel"].includes(outcome.scope));
  const { afterSeconds = 0 } = outcome;
  assert.ok(afterSeconds >= 0 && afterSeconds < longestSeconds, `wait ${afterSeconds} s`);
}

function assertRead(read: object): void {
  if ("problem" in read) assertProblem(read.problem as PlatformProblem);
}

function randomAnswer(chance: Chance): HttpResponse {
  const status = chance.of([200, 200, 201, 204, 302, 400, 400, 401, 403, 404, 408, 429, 500, 502, 503]);
  const headers: Record<string, string> = chance.once(4)
    ? { "retry-after": chance.of(["7", "-1", "9".repeat(40), "soon"]) }
    : {};
  return { status, headers, body: mutated(chance, chance.of(answers), chance.of(answers)) };
}

for (const name of platformNames)
  test(`${name} reads any answer, and every wait is one that ends`, (t) => {
    t.diagnostic(`ANTIPHON_FUZZ_SEED=${seed}`);
    const chance = new Chance(seed);
    const platform = platforms[name];
    for (let index = 0; index < runs / 4; index++) {
      const answer = randomAnswer(chance);
      try {
        assertOutcome(platform.interpret(answer));
        assertRead(platform.webhook.read([answer, randomAnswer(chance)], credentials[name]));
        assertRead(platform.identify.read(answer, credentials[name]));
        assertRead(platform.permissions?.read(answer, credentials[name]) ?? {});
        assertRead(platform.media.download?.(answer) ?? {});
        const polled = platform.poll?.read(answer);
        assertRead(polled ?? {});
        if (polled && "payloads" in polled) for (const { body } of polled.payloads) JSON.parse(body);
      } catch (cause) {
        throw new Error(again(t.name, index, JSON.stringify(answer)), { cause });
      }
    }
  });

test("polling hands on every update of an answer, the good ones as they are", () => {
  const chance = new Chance(seed);
  const { poll } = platforms.telegram;
  for (let index = 0; index < runs / 10; index++) {
    const updates = Array.from({ length: 1 + chance.int(5) }, () => JSON.parse(chance.of(seeds.telegram)));
    const broken = chance.int(updates.length);
    const tree = mutateTree(chance, structuredClone(updates[broken]), JSON.parse(chance.of(answers)));
    const result = updates.with(broken, tree);
    const read = poll!.read({ status: 200, headers: {}, body: JSON.stringify({ ok: true, result }) });
    assert.ok("payloads" in read);
    const bodies = read.payloads.map(({ body }) => body);
    assert.equal(bodies.length, updates.length);
    for (const [place, update] of updates.entries())
      if (place !== broken) assert.equal(bodies[place], JSON.stringify(update));
    const ids = result.map((update) => update?.update_id).filter((id) => Number.isSafeInteger(id));
    if (ids.length > 0) assert.equal(read.cursor, Math.max(...ids) + 1);
  }
});

describe("verification", () => {
  const secrets = ["old-secret", "new-secret"];
  const verifyToken = "verify-me";
  const body = new TextEncoder().encode('{"object":"page","entry":[]}');
  const sign = (secret: string, bytes = body) =>
    `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;

  /** Every verifier, each with a genuine request and a handshake where there is one. */
  const verifiers: [name: string, verify: (request: InboundRequest) => Verdict, genuine: InboundRequest][] =
    [];
  const signed = (headers: InboundRequest["headers"]): InboundRequest => ({
    method: "POST",
    query: {},
    headers,
    rawBody: body,
  });
  for (const name of platformNames) {
    const own = {
      ...credentials[name],
      app_secret: secrets.join(","),
      instagram_app_secret: secrets.join(","),
    };
    const headers =
      name === "telegram"
        ? { "x-telegram-bot-api-secret-token": verifyToken }
        : { "x-hub-signature-256": sign("new-secret") };
    verifiers.push([name, (request) => platforms[name].verify(request, own, verifyToken), signed(headers)]);
  }
  verifiers.push([
    "the app",
    (request) => appProvider.verify(request, { secrets, verifyToken }),
    signed({ "x-hub-signature-256": sign("old-secret") }),
  ]);

  for (const [name, verify, genuine] of verifiers)
    test(`${name} believes what is genuine, and nothing that was changed`, () => {
      assert.equal(verify(genuine).kind, "genuine");
      const chance = new Chance(seed);
      for (let index = 0; index < runs / 4; index++) {
        const request = changed(chance, genuine);
        assert.equal(verify(request).kind, "forged", JSON.stringify(request));
      }
    });

  function changed(chance: Chance, genuine: InboundRequest): InboundRequest {
    const [[header, value] = ["", ""]] = Object.entries(genuine.headers);
    const given = String(value);
    const at = chance.int(given.length);
    const other = String.fromCharCode(given.charCodeAt(at) ^ (1 << chance.int(5)));
    const wrong = chance.of<InboundRequest["headers"][string]>([
      given.slice(0, at),
      given.slice(0, at) + other + given.slice(at + 1),
      `${given} `,
      given.toUpperCase(),
      [given, given],
      given.repeat(2),
      "",
      undefined,
    ]);
    const rawBody = body.with(chance.int(body.length), 0);
    const isTelegram = header === "x-telegram-bot-api-secret-token";
    if (!isTelegram && chance.once(4)) return { ...genuine, rawBody };
    const query = { "hub.mode": "subscribe", "hub.verify_token": given, "hub.challenge": "1" };
    if (chance.once(4)) return { ...genuine, method: chance.of(["GET", "PUT", ""]), query };
    return { ...genuine, headers: { ...genuine.headers, [header]: wrong } };
  }
});
