import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Loose, Rig } from "./rig.ts";

let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
const people: Record<string, Loose> = {};
const accounts: Record<string, Loose> = {};
type Side = "messenger" | "instagram";

before(async () => {
  await rig.start();
  for (const side of ["messenger", "instagram"] as const) {
    accounts[side] = await rig.account(side);
    [people[side]] = await rig.people(side);
    await rig.act(people[side], { act: "say", text: "hi" });
  }
});
beforeEach(() => {
  now += 1000;
});
after(() => rig.remove());

const post = (side: Side, body: object) =>
  rig.call("POST", `/v25.0/${accounts[side].id}/messages`, body, accounts[side].token);
const to = (side: Side) => ({ recipient: { id: people[side].address } });
const send = (side: Side, message: object, more: object = {}) =>
  post(side, { ...to(side), messaging_type: "RESPONSE", message, ...more });

const x = (length: number) => "😀".repeat(length);
const of = <One>(count: number, one: (index: number) => One) =>
  Array.from({ length: count }, (_, index) => one(index));
const text = (length: number) => ({ text: x(length) });
const quick = (reply: object = {}, count = 1) => ({
  text: "t",
  quick_replies: of(count, () => ({ content_type: "text", title: "t", payload: "p", ...reply })),
});
const template = (payload: object) => ({ attachment: { type: "template", payload } });
const postback = (more: object = {}) => ({ type: "postback", title: "t", payload: "p", ...more });
const link = (more: object = {}) => ({ type: "web_url", title: "t", url: "https://example.com/a", ...more });
const buttons = (list: object[], more: object = {}) =>
  template({ template_type: "button", text: "t", buttons: list, ...more });
const card = (more: object = {}) => ({ title: "t", subtitle: "s", ...more });
const generic = (elements: object[], more: object = {}) =>
  template({ template_type: "generic", elements, ...more });
const medium = (type: string, payload: object = { url: "https://example.com/a" }) => ({
  attachment: { type, payload },
});
const images = (count: number) => ({
  attachments: of(count, () => ({ type: "image", payload: { url: "https://example.com/a.jpg" } })),
});

interface Case {
  what: string;
  fine: object | null;
  over: object;
  code: number;
  says: RegExp;
  subcode?: number;
}
const both: Case[] = [
  {
    what: "quick replies",
    fine: quick({}, 13),
    over: quick({}, 14),
    code: 105,
    says: /quick_replies\] has too many/,
  },
  {
    what: "a quick reply's payload",
    fine: quick({ payload: x(1000) }),
    over: quick({ payload: x(1001) }),
    code: 100,
    says: /payload\] must be less than or equal to 1000/,
  },
  {
    what: "quick replies at all",
    fine: quick(),
    over: { text: "t", quick_replies: [] },
    code: 194,
    says: /too few elements/,
  },
  {
    what: "a quick reply's title",
    fine: quick({ title: x(30) }),
    over: quick({ title: undefined }),
    code: 100,
    says: /Title is required/,
    subcode: 2018098,
  },
  {
    what: "a quick reply with a payload",
    fine: quick({ payload: 5 }),
    over: quick({ payload: undefined }),
    code: 100,
    says: /Payload is required/,
    subcode: 2018099,
  },
  {
    what: "a quick reply's type",
    fine: quick({ content_type: "user_email", title: undefined, payload: undefined }),
    over: quick({ content_type: "location" }),
    code: 100,
    says: /content_type\] must be one of/,
  },
  {
    what: "a button template's text",
    fine: buttons([postback()], { text: x(640) }),
    over: buttons([postback()], { text: x(641) }),
    code: 100,
    says: /name_placeholder\[text\] must be less than or equal to 640/,
  },
  {
    what: "a button template's buttons",
    fine: buttons(of(3, () => postback())),
    over: buttons(of(4, () => postback())),
    code: 105,
    says: /name_placeholder\[buttons\] has too many elements\./,
  },
  {
    what: "a button template without buttons",
    fine: null,
    over: buttons([]),
    code: 100,
    says: /name_placeholder\[buttons\] must be non-empty/,
  },
  {
    what: "a button's title",
    fine: buttons([postback({ title: x(20) })]),
    over: buttons([postback({ title: x(21) })]),
    code: 100,
    says: /buttons\]\[0\]\[title\] must be less than or equal to 20/,
  },
  {
    what: "a button without a title",
    fine: null,
    over: buttons([postback({ title: undefined })]),
    code: 100,
    says: /title cannot be empty/,
    subcode: 2018053,
  },
  {
    what: "a postback's payload",
    fine: buttons([postback({ payload: x(1000) })]),
    over: buttons([postback({ payload: x(1001) })]),
    code: 100,
    says: /\[payload\] must be less than or equal to 1000/,
  },
  {
    what: "a postback without a payload",
    fine: null,
    over: buttons([postback({ payload: undefined })]),
    code: 100,
    says: /Payload cannot be empty/,
    subcode: 2018040,
  },
  {
    what: "a link's url",
    fine: buttons([link()]),
    over: buttons([link({ url: "example" })]),
    code: 100,
    says: /name_placeholder\[buttons\]\[0\]\[url\] should represent a valid URL/,
  },
  {
    what: "a link without a url",
    fine: null,
    over: buttons([link({ url: undefined })]),
    code: 100,
    says: /Web url cannot be empty/,
    subcode: 2018041,
  },
  {
    what: "a key that buttons have not",
    fine: null,
    over: buttons([postback({ id: "1" })]),
    code: 100,
    says: /Invalid keys "id" were found in param "name_placeholder\[buttons\]\[0\]"/,
  },
  {
    what: "a generic template's elements",
    fine: generic(of(10, () => card())),
    over: generic(of(11, () => card())),
    code: 105,
    says: /name_placeholder\[elements\] has too many elements\./,
  },
  {
    what: "a generic template without elements",
    fine: null,
    over: generic([]),
    code: 194,
    says: /name_placeholder\[elements\] has too few elements\./,
  },
  {
    what: "an element's title",
    fine: generic([card({ title: x(80) })]),
    over: generic([card({ title: x(81) })]),
    code: 100,
    says: /elements\]\[0\]\[title\] must be less than or equal to 80/,
  },
  {
    what: "an element's subtitle",
    fine: generic([card({ subtitle: x(80) })]),
    over: generic([card({ subtitle: x(81) })]),
    code: 100,
    says: /\[subtitle\] must be less than or equal to 80/,
  },
  {
    what: "an element of more than a title",
    fine: generic([{ title: "t", image_url: "https://example.com/a" }]),
    over: generic([{ title: "t" }]),
    code: 100,
    says: /Incomplete element data/,
    subcode: 2018035,
  },
  {
    what: "an element's buttons",
    fine: generic([card({ buttons: of(3, () => postback()) })]),
    over: generic([card({ buttons: of(4, () => postback()) })]),
    code: 105,
    says: /name_placeholder\[elements\]\[0\]\[buttons\] has too many/,
  },
  {
    what: "an element with empty buttons",
    fine: null,
    over: generic([card({ buttons: [] })]),
    code: 194,
    says: /elements\]\[0\]\[buttons\] has too few/,
  },
  {
    what: "an element's default action",
    fine: generic([card({ default_action: { type: "web_url", url: "https://example.com" } })]),
    over: generic([card({ default_action: link() })]),
    code: 100,
    says: /Invalid keys "title"/,
  },
  {
    what: "a template's type",
    fine: null,
    over: template({ template_type: "list" }),
    code: 100,
    says: /Invalid template type/,
  },
  {
    what: "a message with something in it",
    fine: null,
    over: { text: "" },
    code: 100,
    says: /Message cannot be empty/,
    subcode: 2018034,
  },
  {
    what: "a text without an attachment",
    fine: null,
    over: { ...medium("image"), text: "t" },
    code: 100,
    says: /one of text, attachment/,
  },
  {
    what: "an attachment's type",
    fine: medium("image"),
    over: medium("location"),
    code: 100,
    says: /message\[attachment\]\[type\] must be one of/,
  },
  {
    what: "an attachment's payload",
    fine: medium("video"),
    over: { attachment: { type: "video" } },
    code: 100,
    says: /The parameter message\[attachment\]\[payload\] is required/,
  },
  {
    what: "an attachment's id",
    fine: null,
    over: medium("image", { attachment_id: "5" }),
    code: 100,
    says: /attachment_id is invalid/,
    subcode: 2018074,
  },
  {
    what: "metadata",
    fine: { text: "t", metadata: x(999) },
    over: { text: "t", metadata: x(1000) },
    code: 100,
    says: /message\[metadata\] must be less than/,
  },
];
const own: Record<Side, Case[]> = {
  messenger: [
    {
      what: "a text",
      fine: text(2000),
      over: text(2001),
      code: 100,
      says: /message\[text\] must be less than or equal to 2000/,
    },
    {
      what: "quick replies on a template",
      fine: { ...buttons([postback()]), ...quick(), text: undefined },
      over: quick({ image_url: "x" }),
      code: 100,
      says: /image_url\] should represent a valid URL/,
    },
    {
      what: "a button that calls",
      fine: buttons([{ type: "phone_number", title: "Call", payload: "+15550100" }]),
      over: buttons([{ type: "phone_number", title: "Call", payload: "now" }]),
      code: 100,
      says: /must be a phone number/,
    },
    {
      what: "a media template's url",
      fine: template({
        template_type: "media",
        elements: [{ media_type: "image", url: "https://www.facebook.com/photo/1" }],
      }),
      over: template({
        template_type: "media",
        elements: [{ media_type: "image", url: "https://example.com/a.jpg" }],
      }),
      code: 100,
      says: /one of Facebook's own/,
      subcode: 2018188,
    },
    {
      what: "a file of any kind",
      fine: medium("file", { url: "https://example.com/a.docx" }),
      over: medium("like_heart"),
      code: 100,
      says: /must be one of/,
    },
  ],
  instagram: [
    {
      what: "a text in bytes",
      fine: text(250),
      over: text(251),
      code: 100,
      says: /message\[text\] must be less than or equal to 1000/,
    },
    {
      what: "quick replies on a text only",
      fine: quick(),
      over: { ...buttons([postback()]), ...quick(), text: undefined },
      code: 100,
      says: /only be sent with a text/,
    },
    {
      what: "the buttons that it has",
      fine: buttons([link(), postback()]),
      over: buttons([{ type: "phone_number", title: "Call", payload: "+15550100" }]),
      code: 100,
      says: /\[type\] must be one of \{web_url, postback\}/,
    },
    {
      what: "no media template",
      fine: null,
      over: template({ template_type: "media", elements: [] }),
      code: 100,
      says: /Invalid template type/,
    },
    {
      what: "PDF files",
      fine: medium("file", { url: "https://example.com/a.pdf" }),
      over: medium("file", { url: "https://example.com/a.docx" }),
      code: 100,
      says: /must be of the type pdf/,
      subcode: 2018047,
    },
    {
      what: "sound that it can play",
      fine: medium("audio", { url: "https://example.com/a.m4a" }),
      over: medium("audio", { url: "https://example.com/a.mp3" }),
      code: 100,
      says: /must be of the type aac, m4a, wav, mp4/,
      subcode: 2018047,
    },
    {
      what: "images in one message",
      fine: images(10),
      over: images(11),
      code: 105,
      says: /message\[attachments\] has too many/,
    },
  ],
};

for (const side of ["messenger", "instagram"] as const) {
  describe(`the simulated ${side} is as strict as Meta about`, () => {
    for (const { what, fine, over, code, says, subcode } of [...both, ...own[side]]) {
      it(what, async () => {
        if (fine) {
          const taken = await send(side, fine);
          assert.equal(taken.status, 200, JSON.stringify(taken.body));
        }
        const before = (await rig.screen(people[side])).length;
        const { status, body } = await send(side, over);
        assert.deepEqual(
          [status, body.error?.code, body.error?.error_subcode],
          [400, code, subcode],
          JSON.stringify(body),
        );
        const isFacebook = side === "messenger";
        assert.equal(body.error.message.startsWith(`(#${code}) `), isFacebook);
        assert.match(body.error.message, says);
        assert.equal(body.error.type, isFacebook ? "OAuthException" : "IGApiException");
        assert.equal((await rig.screen(people[side])).length, before);
      });
    }

    it("who is written to, in what form, and by what token", async () => {
      const message = { text: "t" };
      const { id, token } = accounts[side];
      type Refused = [Promise<Loose>, number, number, number?];
      const refused: Refused[] = [
        [post(side, { message }), 400, 100],
        [post(side, { recipient: { comment_id: "5" }, message }), 400, 100],
        [
          post(side, { recipient: { id: "99999" }, message }),
          400,
          100,
          side === "messenger" ? 2018001 : 2534014,
        ],
        [post(side, to(side)), 400, 100, 2018015],
        [send(side, message, { sender_action: "typing_on" }), 400, 100, 2018014],
        [post(side, { ...to(side), sender_action: "wave" }), 400, 100],
        [send(side, message, { messaging_type: "MESSAGE_TAG", tag: "ACCOUNT_UPDATE" }), 400, 100],
        [send(side, message, { messaging_type: "MESSAGE_TAG" }), 400, 100],
        [send(side, message, { messaging_type: "SHOUT" }), 400, 100],
        [send(side, message, { reply_to: { mid: "m_none" } }), 400, 100],
        ...(side === "messenger" ? [[post(side, { ...to(side), message }), 400, 100] as Refused] : []),
        [rig.call("POST", `/v25.0/${id}/messages`, { message }, "nonsense"), 401, 190],
        [rig.call("POST", `/v25.0/${id}/messages`, { message }), 401, 104],
        [rig.call("GET", `/v25.0/${id}/nothing`, undefined, token), 400, 100],
        [rig.call("POST", `/v25.0/${id}/nothing`, {}, token), 400, 100, 33],
        [rig.call("GET", `/v25.0/${id}?fields=shoe_size`, undefined, token), 400, 100],
      ];
      for (const [asked, status, code, subcode] of refused) {
        const answer = await asked;
        const { error } = answer.body;
        assert.deepEqual(
          [answer.status, error?.code, error?.error_subcode],
          [status, code, subcode],
          JSON.stringify(answer.body),
        );
      }
    });

    if (side === "instagram")
      it("no messaging_type, which its page does not ask for", async () => {
        assert.equal((await post(side, { ...to(side), message: { text: "t" } })).status, 200);
      });

    it("somebody who has blocked the business, of which it heard nothing", async () => {
      const person = people[side];
      assert.equal((await rig.act(person, { act: "block" })).status, 200);
      const { status, body } = await send(side, { text: "t" });
      assert.deepEqual([status, body.error.code, body.error.error_subcode], [400, 551, 1545041]);
      assert.equal((await rig.act(person, { act: "say", text: "x" })).status, 409);
      assert.equal((await rig.act(person, { act: "unblock" })).status, 200);
      assert.equal((await send(side, { text: "t" })).status, 200);
    });

    it("300 messages a second, and 10 with sound or film", async () => {
      const burst = async (message: object, count: number) => {
        const answers = [];
        for (let sent = 0; sent < count; sent++) answers.push((await send(side, message)).body);
        return answers.filter(({ error }) => error?.code === 613).length;
      };
      assert.equal(await burst(medium("audio"), 12), 1);
      now += 1000;
      assert.equal(await burst({ text: "t" }, 331), 1);
      now += 1000;
      assert.equal((await send(side, { text: "t" })).status, 200);
    });

    it("300 reactions and messages a second, of which typing is none", async () => {
      now += 1000;
      const heard = (await rig.act(people[side], { act: "say", text: "hi" })).body.messages[0];
      const payload = { message_id: heard, reaction: "love" };
      const codes = new Map<number, number>();
      const ask = async (sender_action: string, more: object = {}) => {
        const { status, body } = await post(side, { ...to(side), sender_action, ...more });
        const code = status === 200 ? 0 : body.error.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
      };
      for (let sent = 0; sent < 331; sent++) await ask(sent % 2 ? "react" : "unreact", { payload });
      assert.deepEqual(Object.fromEntries(codes), { 0: 330, 613: 1 });
      assert.equal((await send(side, { text: "t" })).body.error.code, 613);
      await ask("typing_on");
      assert.equal(codes.get(0), 331);
      now += 1000;
    });

    it("what people can do: neither place, nor contact, nor list, poll or form", async () => {
      const person = people[side];
      const mid = (await send(side, { text: "t" })).body.message_id;
      const refused: [object, RegExp][] = [
        [{ act: "share_location", latitude: 1, longitude: 1 }, /nobody can share a location with a business/],
        [{ act: "send", contact: { name: "A", phone: "+1" } }, /nobody can send a contact/],
        [{ act: "choose", message: mid, row: "x" }, /has no lists\. There is: message/],
        [{ act: "vote", message: mid, option: "x" }, /has no polls/],
        [{ act: "submit", message: mid, values: {} }, /has no forms/],
        [{ act: "delete", message: mid }, /only what they wrote/],
        [{ act: "tap", message: mid, button: "x" }, /There is no button "x" to tap/],
      ];
      for (const [act, sentence] of refused) {
        const answer = await rig.act(person, act);
        assert.equal(answer.status, 409, JSON.stringify(act));
        assert.match(answer.body.detail, sentence);
      }
    });

    it("edits: five, and no more", async () => {
      const { messages } = (await rig.act(people[side], { act: "say", text: "0" })).body;
      for (const text of ["1", "2", "3", "4", "5"]) {
        assert.equal((await rig.act(people[side], { act: "edit", message: messages[0], text })).status, 200);
      }
      const sixth = await rig.act(people[side], { act: "edit", message: messages[0], text: "6" });
      assert.equal(sixth.status, 409);
    });
  });
}
