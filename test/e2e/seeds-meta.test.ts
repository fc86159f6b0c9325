import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Chat } from "../support/chat.ts";
import { flat, readable, unmarked, wordsOf } from "../support/drawn.ts";
import { Endpoint } from "../support/endpoint.ts";
import { addressMessage, flow, headers, type Json, long, seed, seeds } from "../support/seeds.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const labelled = (label: string) => ({ label, kind: "reply" });
/** Wherever it stands. */
const named = ({ label, kind }: Json) => ({ label, kind });
const urlButton = ({ parameters }: Json) => ({
  label: parameters.display_text,
  kind: "url",
  url: parameters.url,
});
const isLocationRequest = ({ interactive }: Json) => interactive.type === "location_request_message";

/** Every word can be read, without a sign of WhatsApp's markup; a carousel's card may be cut into two lines. */
function assertReadable(shown: Json[], interactive: Json): void {
  const text = flat(readable(shown));
  for (const words of wordsOf(interactive)) {
    assert.ok(text.includes(flat(unmarked(words))), `${JSON.stringify(words)} is on the screen:\n${text}`);
  }
  assert.doesNotMatch(text, /[*_]/);
}

/** The header, the body and the footer, in this order. */
function linesOf({ header, body, footer }: Json): string {
  return [header?.text, unmarked(body.text), footer?.text].filter((line) => line !== undefined).join("\n\n");
}

const native: Record<string, (shown: Json[], interactive: Json) => void> = {
  button([message, ...more], interactive) {
    assert.deepEqual(more, []);
    assert.equal(message.text, linesOf(interactive));
    assert.deepEqual(
      message.buttons.map(named),
      interactive.action.buttons.map(({ reply }: Json) => labelled(reply.title)),
    );
  },
  cta_url([message, ...more], interactive) {
    assert.deepEqual(more, []);
    assert.equal(message.text, linesOf(interactive));
    assert.deepEqual(message.buttons, [urlButton(interactive.action)]);
  },
  list([text, { cards }, ...more], interactive) {
    assert.deepEqual(more, []);
    assert.equal(text.text, linesOf(interactive));
    const rows = interactive.action.sections.flatMap(({ title, rows }: Json) =>
      rows.map((row: Json) => ({ section: title, ...row })),
    );
    assert.deepEqual(
      cards,
      rows.map(({ section, title, description }: Json) => ({
        title: `${section} · ${title}`,
        text: description,
        buttons: [labelled("Select")],
      })),
    );
    assert.notEqual(cards[0].buttons[0].label, interactive.action.button);
  },
  carousel([text, { cards }, ...more], { body, action }) {
    assert.deepEqual(more, []);
    assert.equal(text.text, body.text);
    assert.equal(cards.length, action.cards.length);
    for (const [index, card] of action.cards.entries()) {
      const { media, title, text: subtitle = "", buttons } = cards[index];
      assert.deepEqual([media.type, media.link], ["image", card.header.image.link]);
      assert.equal(flat(`${title} ${subtitle}`), flat(unmarked(card.body.text)));
      assert.deepEqual(buttons, [urlButton(card.action)]);
    }
  },
};

/** The screen holds the message in the platform's own controls, `times` over, and nothing else of the business. */
async function assertDrawn(chat: Chat, interactive: Json, times = 1): Promise<void> {
  const shown = await chat.shown();
  const each = shown.length / times;
  assert.ok(Number.isInteger(each) && each > 0);
  for (let first = 0; first < shown.length; first += each) {
    const messages = shown.slice(first, first + each);
    const isNewest = first + each === shown.length;
    // Quick replies are gone from all but the newest message.
    if (isNewest) assertReadable(messages, interactive);
    const { header } = interactive;
    const hasFile = header && header.type !== "text";
    if (hasFile) {
      const { media, ...rest } = messages.shift() ?? {};
      assert.deepEqual([media.type, media.link], [header.type, header[header.type].link]);
      assert.equal(rest.text, undefined);
    }
    if (isNewest) native[interactive.type]!(messages, interactive);
  }
}

for (const platform of ["messenger", "instagram"] as const) {
  const open = () => Chat.open(stack, endpoint, platform);

  describe(`a seed's body sent to ${platform}`, () => {
    for (const { name, body, interactive } of seeds().filter((one) => !isLocationRequest(one))) {
      it(`is drawn in its own controls through /v1/messages: ${name}`, async () => {
        const chat = await open();
        const { channel: from, address: to } = chat.person;
        const whole = body.content === undefined ? { content: { interactive } } : body;
        const answer = await stack.call("POST", "/v1/messages", { ...whole, from, to });
        assert.equal(answer.status, 202, answer.text);
        assert.equal(answer.json.platform, platform);
        assert.ok(["native", "adapted"].includes(answer.json.adaptation.fidelity));
        for (const step of answer.json.adaptation.steps) assert.equal(step.lost, undefined, step.did);
        await chat.left(answer.json.id);
        await assertDrawn(chat, interactive);
      });
    }

    for (const { name, body, interactive } of seeds().filter(
      (one) => one.document === 2 && !isLocationRequest(one),
    )) {
      it(`is drawn in its own controls through the drop-in: ${name}`, async () => {
        const chat = await open();
        const { address: to } = chat.person;
        await chat.sentCloud({ ...body, to });
        await chat.sentCloud({ ...body, recipient_type: "individual", to });
        await assertDrawn(chat, interactive, 2);
      });
    }

    for (const name of ["seed-1-button", "seed-1-cta-url", "seed-2-button", "seed-2-cta-url"]) {
      for (const [type, header] of Object.entries(headers)) {
        it(`may have a header of type ${type}: ${name}`, async () => {
          const chat = await open();
          const interactive = { ...seed(name).interactive, header };
          await chat.sent({ interactive });
          await assertDrawn(chat, interactive);
        });
      }
    }

    it("loses WhatsApp's marks in every text that may have them, and keeps signs that are none", async () => {
      const chat = await open();
      const interactive = structuredClone(seed("seed-2-button").interactive);
      interactive.body.text = "*Bold*, _italic_ and ~gone~: snake_case at https://example.com/a_b_c?x=*";
      interactive.footer.text = "Reply *now*.";
      const answer = await chat.send({ interactive });
      assert.equal(answer.status, 202, answer.text);
      await chat.left(answer.json.id);
      const { text } = await chat.lastShown();
      const body = "Bold, italic and gone: snake_case at https://example.com/a_b_c?x=*";
      assert.equal(text, `${interactive.header.text}\n\n${body}\n\nReply now.`);
      const styled = answer.json.adaptation.steps.filter(({ rule }: Json) => rule === "style");
      assert.deepEqual(styled.map(({ path }: Json) => path).sort(), [
        "/content/interactive/body",
        "/content/interactive/footer",
      ]);
    });

    it("shows a list of short titles as quick replies under its outline", async () => {
      const chat = await open();
      const sections = [
        {
          title: "Coffee",
          rows: [
            { id: "c1", title: "Espresso" },
            { id: "c2", title: "Flat white" },
          ],
        },
        { title: "Tea", rows: [{ id: "t1", title: "Assam" }] },
      ];
      const interactive = { type: "list", body: { text: "Pick" }, action: { button: "Open", sections } };
      await chat.sent({ interactive });
      const shown = await chat.shown();
      assert.equal(shown.length, 1);
      const offered = ["Espresso", "Flat white", "Assam"].map(labelled);
      assert.deepEqual(
        shown[0].buttons,
        offered.map((button) => ({ ...button, place: "quick_reply" })),
      );
      for (const words of wordsOf(interactive)) assert.ok(shown[0].text.includes(words), words);
    });

    it("shows the longest button message whole, its buttons under the end of the text", async () => {
      const chat = await open();
      const interactive = structuredClone(seed("seed-2-button").interactive);
      interactive.body.text = long("Straße 🎉 ", 1024, "日本語 ");
      await chat.sent({ interactive });
      const shown = await chat.shown();
      assert.equal(flat(shown.map(({ text }) => text).join(" ")), flat(linesOf(interactive)));
      const last = shown.at(-1);
      assert.deepEqual(
        last?.buttons.map(named),
        interactive.action.buttons.map(({ reply }: Json) => labelled(reply.title)),
      );
      for (const message of shown.slice(0, -1)) assert.equal(message.buttons, undefined);
    });
  });

  describe(`a location request to ${platform}`, () => {
    for (const { name, body, interactive } of seeds().filter(isLocationRequest)) {
      it(`is refused under none and lossless, by sending and preview, and told what would be lost: ${name}`, async () => {
        const chat = await open();
        const { channel: from, address: to } = chat.person;
        for (const path of ["/v1/messages", "/v1/messages/preview"]) {
          for (const adapt of ["none", "lossless", undefined]) {
            const wish = { ...(body.content ? body : { content: { interactive } }), from, to, adapt };
            const { status, json } = await stack.call("POST", path, JSON.parse(JSON.stringify(wish)));
            assert.equal(status, 422);
            assert.equal(json.code, "not_representable");
            assert.equal(json.adaptation.fidelity, "degraded");
            assert.ok(
              json.errors.some(({ message }: Json) => /[Ll]ocation/.test(message)),
              JSON.stringify(json.errors),
            );
            assert.match(json.errors[0].hint, adapt === "none" ? /./ : /best_effort/);
          }
        }
        assert.deepEqual(await chat.shown(), []);
      });

      it(`is a text prompt under best_effort, with what is lost told: ${name}`, async () => {
        const chat = await open();
        const answer = await chat.send({ interactive }, { adapt: "best_effort" });
        assert.equal(answer.status, 202, answer.text);
        assert.equal(answer.json.adaptation.fidelity, "degraded");
        const lost = answer.json.adaptation.steps.filter((step: Json) => step.lost);
        assert.equal(lost.length, 1);
        assert.match(lost[0].lost, /location/);
        await chat.left(answer.json.id);
        const shown = await chat.shown();
        assert.equal(shown.length, 1);
        assert.ok(shown[0].text.startsWith(unmarked(interactive.body.text)));
        assert.equal(shown[0].buttons, undefined);
      });
    }
  });

  describe(`a form sent to ${platform}`, () => {
    for (const [name, interactive, reason] of [
      ["address_message", addressMessage, /address/],
      ["flow", flow, /[Ff]low/],
    ] as const) {
      it(`is refused with the reason, whatever may be lost: ${name}`, async () => {
        const chat = await open();
        for (const adapt of ["none", "lossless", "best_effort"]) {
          const { status, json } = await chat.send({ interactive }, { adapt });
          assert.equal(status, 422);
          assert.equal(json.code, "not_representable");
          assert.equal(json.adaptation.fidelity, "impossible");
          assert.match(json.errors[0].message, reason);
        }
        assert.deepEqual(await chat.shown(), []);
      });
    }
  });
}

describe("the words that the gateway adds", () => {
  it("are in the language that is asked for, which Meta does not tell", async () => {
    for (const platform of ["messenger", "instagram"] as const) {
      const chat = await Chat.open(stack, endpoint, platform);
      await chat.sent({ interactive: seed("seed-2-list").interactive }, { options: { language: "pt" } });
      const { cards } = await chat.lastShown();
      assert.equal(cards[0].buttons[0].label, "Selecionar");
      const wrong = await chat.send({ text: { body: "Hi" } }, { options: { language: "tlh" } });
      assert.equal(wrong.status, 422);
      assert.equal(wrong.json.errors[0].pointer, "/options/language");
    }
  });
});

describe("reply buttons on Instagram", () => {
  it("are a template where that is asked for, by the message or by the channel", async () => {
    const chat = await Chat.open(stack, endpoint, "instagram");
    const { interactive } = seed("seed-2-button");
    const templates = async () =>
      (await chat.calls(({ body }) => body.message?.attachment?.payload?.template_type === "button", 0))
        .length;
    await chat.sent({ interactive });
    assert.equal(await templates(), 0);
    await chat.sent({ interactive }, { options: { instagram: { button: "template" } } });
    assert.equal(await templates(), 1);
    const channel = `/v1/channels/${chat.person.channel}`;
    const set = await stack.call("PATCH", channel, { options: { instagram: { button: "template" } } });
    assert.equal(set.status, 200, set.text);
    await chat.sent({ interactive });
    assert.equal(await templates(), 2);
    await chat.sent({ interactive }, { options: { instagram: { button: "quick_replies" } } });
    assert.equal(await templates(), 2);
  });
});
