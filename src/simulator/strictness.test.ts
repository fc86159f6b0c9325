import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Loose, Rig } from "./rig.ts";

let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
let number: Loose;
let ana: Loose;
let bot: Loose;
let chat: string;

before(async () => {
  await rig.start();
  number = await rig.account("whatsapp");
  bot = await rig.account("telegram");
  [ana] = await rig.people("whatsapp");
  const [person] = await rig.people("telegram");
  chat = person.address;
  await rig.act(ana, { act: "say", text: "hi" });
  await rig.act(person, { act: "say", text: "hi" });
});
beforeEach(() => {
  now += 20_000;
});
after(() => rig.remove());

const x = (length: number) => "😀".repeat(length);
const rowIds = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, title: "t" }));

const graph = (message: object) =>
  rig.call(
    "POST",
    `/v25.0/${number.id}/messages`,
    { messaging_product: "whatsapp", to: ana.address, ...message },
    number.token,
  );
const inter = (interactive: object) => ({
  type: "interactive",
  interactive: { body: { text: "b" }, ...interactive },
});
const replies = (...list: object[]) =>
  inter({ type: "button", action: { buttons: list.map((reply) => ({ type: "reply", reply })) } });
const list = (sections: object[], more: object = {}) =>
  inter({ type: "list", action: { button: "b", sections, ...more } });
const row = (more: object) => list([{ rows: [{ id: "r", title: "t", ...more }] }]);
const cta = (parameters: object) => ({
  name: "cta_url",
  parameters: { display_text: "d", url: "https://example.com", ...parameters },
});
const image = { type: "image", image: { link: "https://example.com/a.jpg" } };
const cards = (count: number, card: object = {}) =>
  inter({
    type: "carousel",
    action: {
      cards: Array.from({ length: count }, (_, index) => ({
        card_index: index,
        type: "cta_url",
        header: image,
        action: cta({}),
        ...card,
      })),
    },
  });
const quick = (index: number, ids: string[]) => ({
  buttons: ids.map((id, position) => ({
    type: "quick_reply",
    quick_reply: { id: id || `${index}`, title: `t${position}` },
  })),
});
const quickCards = (...sets: string[][]) =>
  inter({
    type: "carousel",
    action: {
      cards: sets.map((ids, index) => ({
        card_index: index,
        type: "cta_url",
        header: image,
        action: quick(index, ids),
      })),
    },
  });
const flow = (parameters: object) =>
  inter({
    type: "flow",
    action: {
      name: "flow",
      parameters: { flow_message_version: "3", flow_id: "1", flow_cta: "Go", ...parameters },
    },
  });
const address = (parameters: object) =>
  inter({ type: "address_message", action: { name: "address_message", parameters } });

/** What is accepted, what is refused, and the code and sentence of the refusal. */
const graphCases: [what: string, fine: object | null, over: object, code: number, details: RegExp][] = [
  [
    "reply buttons",
    replies({ id: "1", title: "a" }, { id: "2", title: "b" }, { id: "3", title: "c" }),
    replies(
      { id: "1", title: "a" },
      { id: "2", title: "b" },
      { id: "3", title: "c" },
      { id: "4", title: "d" },
    ),
    131009,
    /Max allowed buttons: 3/,
  ],
  [
    "a button's title",
    replies({ id: "1", title: x(20) }),
    replies({ id: "1", title: x(21) }),
    131009,
    /Button title length invalid\. Min length: 1, Max length: 20/,
  ],
  [
    "a button's id",
    replies({ id: x(256), title: "a" }),
    replies({ id: x(257), title: "a" }),
    131009,
    /Button id is too long/,
  ],
  [
    "buttons' titles",
    replies({ id: "1", title: "WhatsApp" }, { id: "2", title: "Whatsapp" }),
    replies({ id: "1", title: "a" }, { id: "2", title: "a" }),
    131009,
    /titles must be unique/,
  ],
  [
    "buttons' ids",
    null,
    replies({ id: "1", title: "a" }, { id: "1", title: "b" }),
    131009,
    /ids must be unique/,
  ],
  [
    "blanks around an id",
    null,
    replies({ id: " 1", title: "a" }),
    131009,
    /may not begin or end with a space/,
  ],
  [
    "a missing title",
    null,
    replies({ id: "1" }),
    131008,
    /interactive\['action'\]\['buttons'\]\[0\]\['reply'\]\['title'\] is required/,
  ],
  [
    "a body",
    inter({
      type: "button",
      body: { text: x(1024) },
      action: { buttons: [{ type: "reply", reply: { id: "1", title: "a" } }] },
    }),
    inter({
      type: "button",
      body: { text: x(1025) },
      action: { buttons: [{ type: "reply", reply: { id: "1", title: "a" } }] },
    }),
    131009,
    /Body text is too long\. Max length is 1024/,
  ],
  [
    "a list's body",
    {
      type: "interactive",
      interactive: {
        type: "list",
        body: { text: x(4096) },
        action: { button: "b", sections: [{ rows: rowIds(1) }] },
      },
    },
    {
      type: "interactive",
      interactive: {
        type: "list",
        body: { text: x(4097) },
        action: { button: "b", sections: [{ rows: rowIds(1) }] },
      },
    },
    131009,
    /Max length is 4096/,
  ],
  [
    "a footer",
    inter({ type: "cta_url", footer: { text: x(60) }, action: cta({}) }),
    inter({ type: "cta_url", footer: { text: x(61) }, action: cta({}) }),
    131009,
    /Footer text is too long/,
  ],
  [
    "a header",
    inter({ type: "cta_url", header: { type: "text", text: x(60) }, action: cta({}) }),
    inter({ type: "cta_url", header: { type: "text", text: x(61) }, action: cta({}) }),
    131009,
    /Header text is too long/,
  ],
  [
    "a list's header",
    null,
    inter({ type: "list", header: image, action: { button: "b", sections: [{ rows: rowIds(1) }] } }),
    100,
    /must be one of \{text\}/,
  ],
  [
    "a header's caption",
    null,
    inter({
      type: "cta_url",
      header: { type: "image", image: { link: "https://example.com/a.jpg", caption: "c" } },
      action: cta({}),
    }),
    100,
    /Unexpected key "caption"/,
  ],
  [
    "rows",
    list([
      { title: "a", rows: rowIds(6) },
      { title: "b", rows: rowIds(10).slice(6) },
    ]),
    list([
      { title: "a", rows: rowIds(6) },
      { title: "b", rows: rowIds(11).slice(6) },
    ]),
    131009,
    /Total row count exceed max allowed count: 10/,
  ],
  [
    "sections",
    null,
    list(Array.from({ length: 11 }, (_, index) => ({ title: "a", rows: [{ id: `${index}`, title: "t" }] }))),
    131009,
    /Max allowed sections: 10/,
  ],
  [
    "an untitled section among several",
    list([{ rows: rowIds(1) }]),
    list([{ title: "a", rows: rowIds(1) }, { rows: [{ id: "z", title: "t" }] }]),
    131008,
    /\['sections'\]\[1\]\['title'\] is required/,
  ],
  ["a section without rows", null, list([{ title: "a", rows: [] }]), 131008, /\['rows'\]\[0\] is required/],
  [
    "a section's title",
    list([{ title: x(24), rows: rowIds(1) }]),
    list([{ title: x(25), rows: rowIds(1) }]),
    131009,
    /Section title is too long/,
  ],
  ["a row's id", row({ id: x(200) }), row({ id: x(201) }), 131009, /Row id is too long/],
  [
    "a row's title",
    row({ title: x(24) }),
    row({ title: x(25) }),
    131009,
    /Row title is too long\. Max length is 24/,
  ],
  [
    "a row's description",
    row({ description: x(72) }),
    row({ description: x(73) }),
    131009,
    /Row description is too long/,
  ],
  [
    "rows' ids",
    null,
    list([{ title: "a", rows: [...rowIds(1), ...rowIds(1)] }]),
    131009,
    /Row ids must be unique/,
  ],
  [
    "a list's button",
    list([{ rows: rowIds(1) }], { button: x(20) }),
    list([{ rows: rowIds(1) }], { button: x(21) }),
    131009,
    /Button label is too long/,
  ],
  [
    "a link's label",
    inter({ type: "cta_url", action: cta({ display_text: x(20) }) }),
    inter({ type: "cta_url", action: cta({ display_text: x(21) }) }),
    131009,
    /Display text is too long/,
  ],
  ["a link", null, inter({ type: "cta_url", action: cta({ url: "nowhere" }) }), 131009, /not a valid URI/],
  [
    "a link's action without a name",
    null,
    inter({ type: "cta_url", action: { parameters: cta({}).parameters } }),
    131008,
    /\['name'\] is required/,
  ],
  ["too few cards", cards(2), cards(1), 131009, /Min allowed cards: 2/],
  ["too many cards", cards(10), cards(11), 131009, /Max allowed cards: 10/],
  [
    "a card's body",
    cards(2, { body: { text: x(160) } }),
    cards(2, { body: { text: x(161) } }),
    131009,
    /Card body text is too long/,
  ],
  [
    "a card's line breaks",
    cards(2, { body: { text: "a\nb\nc" } }),
    cards(2, { body: { text: "a\nb\nc\nd" } }),
    131009,
    /too many line breaks/,
  ],
  [
    "a card's header",
    null,
    cards(2, { header: { type: "text", text: "t" } }),
    100,
    /must be one of \{image, video\}/,
  ],
  ["a card's type", null, cards(2, { type: "quick_reply" }), 100, /must be one of \{cta_url\}/],
  [
    "a card's quick replies",
    quickCards(["a", "b", "c"], ["d", "e", "f"]),
    quickCards(["a", "b", "c", "g"], ["d", "e", "f", "h"]),
    131009,
    /Max allowed buttons: 3/,
  ],
  [
    "a quick reply's id",
    quickCards([x(256)], ["b"]),
    quickCards([x(257)], ["b"]),
    131009,
    /Button id is too long/,
  ],
  ["ids over all cards", null, quickCards(["a"], ["a"]), 131009, /ids must be unique/],
  ["cards of one shape", null, quickCards(["a", "b"], ["c"]), 131009, /same type and number of buttons/],
  [
    "a carousel's footer",
    null,
    inter({ ...cards(2).interactive, footer: { text: "f" } }),
    100,
    /Unexpected key "footer"/,
  ],
  [
    "a flow's label",
    flow({ flow_cta: "a".repeat(20) }),
    flow({ flow_cta: "a".repeat(21) }),
    131009,
    /Flow CTA is too long/,
  ],
  ["a flow's emoji", null, flow({ flow_cta: "Go 🎉" }), 131009, /may not contain emoji/],
  ["a flow's name beside its id", null, flow({ flow_name: "n" }), 131008, /Exactly one of/],
  ["a flow's empty data", null, flow({ flow_action_payload: { data: {} } }), 131009, /may not be empty/],
  ["an address's country", address({ country: "IN" }), address({ country: "SG" }), 131009, /country IN only/],
  [
    "an address's pin code",
    address({ country: "IN", values: { in_pin_code: "400063" } }),
    address({ country: "IN", values: { in_pin_code: "4000631" } }),
    131009,
    /in_pin_code is too long/,
  ],
  [
    "a text",
    { type: "text", text: { body: x(4096) } },
    { type: "text", text: { body: x(4097) } },
    131009,
    /Text body is too long/,
  ],
  [
    "a caption",
    { type: "image", image: { link: "https://example.com/a.jpg", caption: x(1024) } },
    { type: "image", image: { link: "https://example.com/a.jpg", caption: x(1025) } },
    131009,
    /Caption is too long/,
  ],
  [
    "an id beside a link",
    null,
    { type: "image", image: { link: "https://example.com/a.jpg", id: "1" } },
    131009,
    /Only one of/,
  ],
  ["an unknown media id", null, { type: "image", image: { id: "1" } }, 131009, /unknown or has expired/],
  [
    "contacts",
    { type: "contacts", contacts: Array(257).fill({ name: { formatted_name: "n" } }) },
    { type: "contacts", contacts: Array(258).fill({ name: { formatted_name: "n" } }) },
    131009,
    /max allowed count: 257/,
  ],
  [
    "what is echoed",
    { type: "text", text: { body: "b" }, biz_opaque_callback_data: x(512) },
    { type: "text", text: { body: "b" }, biz_opaque_callback_data: x(513) },
    131009,
    /too long\. Max length is 512/,
  ],
  [
    "a latitude",
    { type: "location", location: { latitude: 90, longitude: "-180" } },
    { type: "location", location: { latitude: 91, longitude: 0 } },
    131009,
    /from -90 to 90/,
  ],
  ["an unknown type", null, { type: "poll", poll: {} }, 100, /Param type must be one of/],
  [
    "an unknown field",
    null,
    { type: "text", text: { body: "b" }, colour: "red" },
    100,
    /Unexpected key "colour"/,
  ],
];

describe("the simulated Cloud API refuses one too many", () => {
  for (const [what, fine, over, code, details] of graphCases) {
    it(what, async () => {
      if (fine) {
        const accepted = await graph(fine);
        assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
      }
      const { status, body } = await graph(over);
      assert.deepEqual([status, body.error?.code], [400, code], JSON.stringify(body));
      assert.match(body.error.error_data.details, details);
      assert.equal(body.error.error_data.messaging_product, "whatsapp");
    });
  }

  it("a token that is missing or wrong, and an object that is not there", async () => {
    const none = await rig.call("POST", `/v25.0/${number.id}/messages`, {});
    assert.deepEqual([none.status, none.body.error.code], [401, 104]);
    const wrong = await rig.call("POST", `/v25.0/${number.id}/messages`, {}, "x");
    assert.deepEqual(
      [wrong.status, wrong.body.error.code, wrong.body.error.type],
      [401, 190, "OAuthException"],
    );
    const elsewhere = await rig.call("POST", "/v25.0/1/messages", {}, number.token);
    assert.deepEqual([elsewhere.body.error.code, elsewhere.body.error.error_subcode], [100, 33]);
  });
});

const keys = (...rows: object[][]) => ({ text: "t", reply_markup: { inline_keyboard: rows } });
const key = (more: object) => keys([{ text: "k", ...more }]);
const poll = (more: object) => ({ question: "q", options: ["a"], ...more });
const photos = (count: number) => ({
  media: Array(count).fill({ type: "photo", media: "https://example.com/a.jpg" }),
});
const many = (count: number) =>
  keys(...Array.from({ length: count }, () => [{ text: "k", callback_data: "d" }]));

const botCases: [
  what: string,
  method: string,
  fine: object | null,
  over: object,
  description: string | RegExp,
][] = [
  ["a text", "sendMessage", { text: x(4096) }, { text: x(4097) }, "message is too long"],
  ["no text", "sendMessage", null, { text: "" }, "message text is empty"],
  ["blanks", "sendMessage", null, { text: " \n " }, "text must be non-empty"],
  ["bytes of a text", "sendMessage", null, { text: "a".repeat(32769) }, "text is too long"],
  ["a mode", "sendMessage", null, { text: "t", parse_mode: "rtf" }, "unsupported parse_mode"],
  [
    "a caption",
    "sendPhoto",
    { photo: "https://example.com/a.jpg", caption: x(1024) },
    { photo: "https://example.com/a.jpg", caption: x(1025) },
    "message caption is too long",
  ],
  [
    "callback data",
    "sendMessage",
    key({ callback_data: "é".repeat(32) }),
    key({ callback_data: `${"é".repeat(32)}a` }),
    "BUTTON_DATA_INVALID",
  ],
  [
    "a button without an action",
    "sendMessage",
    null,
    key({}),
    /Text buttons are unallowed in the inline keyboard/,
  ],
  [
    "a row that is no list",
    "sendMessage",
    null,
    { text: "t", reply_markup: { inline_keyboard: [{ text: "k" }] } },
    /must be an Array of Arrays/,
  ],
  [
    "a host without a dot",
    "sendMessage",
    key({ url: "https://example.com" }),
    key({ url: "http://localhost:3000" }),
    "inline keyboard button URL 'http://localhost:3000' is invalid: Wrong HTTP URL",
  ],
  [
    "a protocol",
    "sendMessage",
    key({ url: "tg://user?id=1" }),
    key({ url: "mailto:a@b.c" }),
    /Unsupported URL protocol/,
  ],
  ["buttons", "sendMessage", many(100), many(101), "reply markup is too long"],
  [
    "the size of a keyboard",
    "sendMessage",
    null,
    keys(...Array.from({ length: 90 }, () => [{ text: "k".repeat(60), callback_data: "d".repeat(60) }])),
    "reply markup is too long",
  ],
  [
    "a question",
    "sendPoll",
    poll({ question: x(300) }),
    poll({ question: x(301) }),
    "poll question length must not exceed 300",
  ],
  [
    "options",
    "sendPoll",
    poll({ options: Array(12).fill("a") }),
    poll({ options: Array(13).fill("a") }),
    "poll can't have more than 12 options",
  ],
  ["no option", "sendPoll", null, poll({ options: [] }), "poll must have at least one answer option"],
  [
    "an option",
    "sendPoll",
    poll({ options: [x(100)] }),
    poll({ options: [x(101)] }),
    "poll options length must not exceed 100",
  ],
  [
    "a poll's description",
    "sendPoll",
    poll({ description: x(1024) }),
    poll({ description: x(1025) }),
    "poll description length must not exceed 1024",
  ],
  ["too few in an album", "sendMediaGroup", photos(2), photos(1), /from 2 to 10/],
  ["too many in an album", "sendMediaGroup", photos(10), photos(11), /from 2 to 10/],
  [
    "a mixed album",
    "sendMediaGroup",
    null,
    { media: [...photos(1).media, { type: "document", media: "https://example.com/a.pdf" }] },
    /can't be mixed/,
  ],
  [
    "a private host",
    "sendPhoto",
    null,
    { photo: "http://192.168.0.1/a.jpg" },
    "failed to get HTTP URL content",
  ],
  ["a file id", "sendPhoto", null, { photo: "nothing" }, "wrong file identifier/HTTP URL specified"],
  [
    "a quoted message",
    "sendMessage",
    { text: "t", reply_parameters: { message_id: 99999, allow_sending_without_reply: true } },
    { text: "t", reply_parameters: { message_id: 99999 } },
    "message to be replied not found",
  ],
  [
    "a toast",
    "answerCallbackQuery",
    null,
    { callback_query_id: "1", text: "a".repeat(201) },
    "MESSAGE_TOO_LONG",
  ],
  [
    "a reaction",
    "setMessageReaction",
    { message_id: 1, reaction: [{ type: "emoji", emoji: "👍" }] },
    { message_id: 1, reaction: [{ type: "emoji", emoji: "🧀" }] },
    "REACTION_INVALID",
  ],
  [
    "a secret",
    "setWebhook",
    null,
    { url: "http://127.0.0.1:9/", secret_token: "a".repeat(257) },
    "secret token is too long",
  ],
  [
    "a secret's characters",
    "setWebhook",
    null,
    { url: "http://127.0.0.1:9/", secret_token: "a b" },
    "secret token contains unallowed characters",
  ],
];

describe("the simulated Bot API refuses one too many", () => {
  for (const [what, method, fine, over, description] of botCases) {
    it(what, async () => {
      const call = (body: object) =>
        rig.call("POST", `/bot${bot.token}/${method}`, { chat_id: chat, ...body });
      if (fine) {
        const accepted = await call(fine);
        assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
      }
      const { status, body } = await call(over);
      assert.deepEqual([status, body.error_code, body.ok], [400, 400, false], JSON.stringify(body));
      if (typeof description === "string") assert.equal(body.description, `Bad Request: ${description}`);
      else assert.match(body.description, description);
    });
  }
});
