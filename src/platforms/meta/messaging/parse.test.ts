import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Parsed } from "../../../core/platform.ts";
import { parse as parseInstagram } from "../../instagram/parse.ts";
import { parse as parseMessenger } from "../../messenger/parse.ts";
import { writePayload } from "./payload.ts";

const page = { page_id: "682498302938465", app_id: "1517776481860111" };
const account = { instagram_id: "17841405822304914", app_id: "1517776481860111" };

const kinds = [
  {
    object: "page",
    id: page.page_id,
    read: (payload: unknown): Parsed => parseMessenger(payload, page),
    folder: new URL("../../messenger/fixtures/", import.meta.url),
  },
  {
    object: "instagram",
    id: account.instagram_id,
    read: (payload: unknown): Parsed => parseInstagram(payload, account),
    folder: new URL("../../instagram/fixtures/", import.meta.url),
  },
];

for (const { object, id, read, folder } of kinds) {
  const fixture = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const files = readdirSync(folder).filter((name) => name.endsWith(".in.json"));

  for (const file of files) {
    test(`${object}: the webhook ${file} gives its events`, () => {
      assert.deepEqual(read(fixture(file)), fixture(file.replace(".in.json", ".events.json")));
    });
  }

  test(`${object}: no JSON makes parsing throw, and whatever is not read is told`, () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => assert.ok(read(value).unknown.length > 0)),
    );
  });

  test(`${object}: no broken part of a known webhook makes parsing throw`, () => {
    const broken = fc.constantFrom(...files).chain((file) => {
      const text = JSON.stringify(fixture(file));
      const values = [...text.matchAll(/(?<=[:[,])(?:"[^"]*"|\d+|true|false)(?=[,\]}])/g)];
      return fc.record({
        text: fc.constant(text),
        hit: fc.constantFrom(...values),
        by: fc.jsonValue({ maxDepth: 3 }),
      });
    });
    fc.assert(
      fc.property(broken, ({ text, hit, by }) => {
        const payload = text.slice(0, hit.index) + JSON.stringify(by) + text.slice(hit.index + hit[0].length);
        for (const event of read(JSON.parse(payload)).events) assert.ok(event.dedupeKey.length > 2);
      }),
      { numRuns: 500 },
    );
  });

  test(`${object}: events of any inner shape are read or told, each under its own key`, () => {
    const keys = ["message", "postback", "referral", "delivery", "read", "reaction", "message_edit", "optin"];
    const names = ["mid", "text", "attachments", "type", "payload", "url", "watermark", "quick_reply"];
    const others = [
      "is_echo",
      "is_deleted",
      "metadata",
      "action",
      "reaction",
      "emoji",
      "title",
      "referral",
      "story",
    ];
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>(null, true, 0, 1_458_692_752_478, "", "m_1", "react", "image", "__proto__"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names, ...others), tie("value"), { maxKeys: 6 }),
      ),
    }));
    const event = fc.dictionary(fc.constantFrom(...keys), value, { minKeys: 1, maxKeys: 2 });
    fc.assert(
      fc.property(event, (parts) => {
        const whole = { sender: { id: "254" }, recipient: { id }, timestamp: 1_458_692_752_478, ...parts };
        const { events, unknown } = read({ object, entry: [{ id, time: 1, messaging: [whole] }] });
        assert.ok(events.length + unknown.length >= Object.keys(parts).length);
        assert.doesNotThrow(() => JSON.stringify(events));
      }),
      { numRuns: 500 },
    );
  });

  test(`${object}: what nests without end is neither read in full nor an error`, () => {
    const deep = JSON.parse(`${'{"a":['.repeat(50_000)}${"]}".repeat(50_000)}`);
    const message = {
      mid: "m_1",
      attachments: [{ type: "template", payload: { product: deep, url: deep } }],
      referral: deep,
    };
    for (const part of [
      { message },
      { postback: { title: "x", payload: deep, referral: deep } },
      { referral: deep },
    ]) {
      const whole = { sender: { id: "254" }, recipient: { id }, timestamp: 1, ...part };
      const { events } = read({ object, entry: [{ id, messaging: [whole] }] });
      assert.ok(JSON.stringify(events).length < 1_000);
    }
    assert.deepEqual(read(deep).events, []);
  });
}

const event = (part: object, of = { id: page.page_id }) => ({
  object: "page",
  entry: [
    {
      id: of.id,
      time: 1,
      messaging: [{ sender: { id: "254" }, recipient: { id: of.id }, timestamp: 1_458_692_752_478, ...part }],
    },
  ],
});

test("a webhook of nothing is told too", () => {
  for (const entry of [[], [{ id: page.page_id }], [{ id: page.page_id, messaging: [] }]]) {
    assert.equal(parseMessenger({ object: "page", entry }, page).unknown.length, 1);
  }
});

test("an attachment that cannot be read is told as one, whatever it is", () => {
  const attachments = [
    { type: "image", payload: { url: "https://a.fbcdn.net/1" } },
    "x",
    7,
    { type: ["image"] },
  ];
  for (const given of [attachments, "x", { type: "image" }]) {
    const part = { message: { mid: "m_1", text: "Hi", attachments: given } };
    const [read] = parseMessenger(event(part), page).events;
    assert.ok(read?.kind === "received" && read.content);
    const told = read.content.attachments ?? [read.content];
    assert.equal((told as unknown[]).length, Array.isArray(given) ? given.length : 1, JSON.stringify(given));
    assert.match(JSON.stringify(read.content), /"Hi"/);
  }
});

test("a delivery may name any number of messages", () => {
  const mids = Array.from({ length: 200_000 }, (_, index) => `m_${index}`);
  const { events } = parseMessenger(event({ delivery: { mids, watermark: 1_458_668_856_253 } }), page);
  assert.equal(events.length, mids.length + 1);
});

test("a tap on a choice of ours comes as its token, whatever the title says", () => {
  const payload = writePayload("tok_1-A", "7");
  const parts = [
    { said: "Select", postback: { mid: "m_1", title: "Select", payload } },
    { said: "Grilled steak", message: { mid: "m_1", text: "Grilled steak", quick_reply: { payload } } },
  ];
  for (const { said, ...part } of parts) {
    const [tap] = parseMessenger(event(part), page).events;
    assert.ok(tap?.kind === "received");
    assert.deepEqual(tap.answer, { by: "token", token: "tok_1-A", key: "7" });
    // For a gateway that does not know the message.
    assert.deepEqual(tap.content?.postback, { title: said, payload });
  }
});

test("a postback without mid is told once however often it comes, and another tap is another event", () => {
  const keyOf = (payload: string, timestamp: number) => {
    const tap = {
      sender: { id: "254" },
      recipient: { id: page.page_id },
      timestamp,
      postback: { title: "Go", payload },
    };
    const entry = [{ id: page.page_id, messaging: [tap] }];
    return parseMessenger({ object: "page", entry }, page).events[0]?.dedupeKey;
  };
  assert.equal(keyOf("MENU", 1_458_692_752_478), keyOf("MENU", 1_458_692_752_478));
  const keys = [
    keyOf("MENU", 1_458_692_752_478),
    keyOf("MENU", 1_458_692_752_479),
    keyOf("HELP", 1_458_692_752_478),
  ];
  assert.equal(new Set(keys).size, 3);
});

test("without its own time, a tap or a reaction is told apart by the time of its webhook", () => {
  const keyOf = (part: object, time: number | undefined) => {
    const happened = { sender: { id: "254" }, recipient: { id: page.page_id }, ...part };
    const entry = [{ id: page.page_id, time, messaging: [happened] }];
    return parseMessenger({ object: "page", entry }, page).events[0]?.dedupeKey;
  };
  const parts = [
    { postback: { title: "Go", payload: "GO" } },
    { reaction: { mid: "m_1", action: "react", emoji: "👍" } },
    { referral: { ref: "shop", source: "SHORTLINK", type: "OPEN_THREAD" } },
  ];
  for (const part of parts) {
    assert.equal(keyOf(part, 1_458_692_752_478), keyOf(part, 1_458_692_752_478));
    assert.notEqual(keyOf(part, 1_458_692_752_478), keyOf(part, 1_458_692_752_479));
  }
});

test("only an echo of our own app's is taken for a message of ours", () => {
  const kindOf = (echo: object, credentials: Record<string, string> = page) =>
    parseMessenger(event({ message: { mid: "m_1", is_echo: true, ...echo } }), credentials).events[0]?.kind;
  const own = { metadata: "a1:tok_1-A", app_id: 1_517_776_481_860_111 };
  assert.equal(kindOf(own), "status");
  assert.equal(kindOf({ metadata: "a1:tok_1-A" }), "status");
  // Another app's word may look like a token, and the sample of an echo has no app_id.
  for (const metadata of ["promo", "a1:", "a1:two words", "a1:tok:7", "A1:tok", " a1:tok"])
    assert.equal(kindOf({ metadata }), "echo", metadata);
  assert.equal(kindOf(own, { page_id: page.page_id }), "status");
  assert.equal(kindOf({ ...own, app_id: 26_390_203_743_090 }), "echo");
  assert.equal(kindOf({ metadata: "DEVELOPER_DEFINED_METADATA", app_id: 1_517_776_481_860_111 }), "echo");
  assert.equal(kindOf({ app_id: 26_390_203_743_090 }), "echo");
  const metadata = "a1:tok_1-A.12";
  const [told] = parseMessenger(event({ message: { mid: "m_1", is_echo: true, metadata } }), page).events;
  assert.ok(told?.kind === "status" && told.token === "tok_1-A" && told.call === 12);
});

test("a time outside 2000 to 2100 is no time, and the message is read all the same", () => {
  for (const timestamp of [0, 1_458_692_752, 1e300, "soon", null, {}]) {
    const text = {
      sender: { id: "254" },
      recipient: { id: page.page_id },
      timestamp,
      message: { mid: "m_1", text: "Hi" },
    };
    const [read] = parseMessenger(
      { object: "page", entry: [{ id: page.page_id, messaging: [text] }] },
      page,
    ).events;
    assert.deepEqual([read?.kind, read?.at], ["received", undefined], String(timestamp));
  }
});

test("no address of a file stands in an event but where its bytes are asked for by", () => {
  const url = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=abc";
  for (const type of ["image", "file", "share", "ig_post", "reel", "story_mention", "ig_story", "new_kind"]) {
    const attachments = [{ type, payload: { url, title: "T", preview_url: url } }];
    const [read] = parseMessenger(event({ message: { mid: "m_1", attachments } }), page).events;
    assert.ok(read?.kind === "received" && read.content);
    const { id, ...rest } = read.content[read.content.type] as { id: string };
    assert.equal(id, url, type);
    assert.ok(!JSON.stringify(rest).includes("fbsbx"), type);
  }
});
