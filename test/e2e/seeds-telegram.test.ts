import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Chat } from "../support/chat.ts";
import { readable, unmarked, wordsOf } from "../support/drawn.ts";
import { Endpoint } from "../support/endpoint.ts";
import { addressMessage, flow, headers, type Json, seed, seeds } from "../support/seeds.ts";
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

const open = () => Chat.open(stack, endpoint, "telegram");

/** Every word can be read, without a sign of WhatsApp's markup. */
function assertReadable(shown: Json[], interactive: Json): void {
  const text = readable(shown);
  for (const words of wordsOf(interactive)) {
    assert.ok(text.includes(unmarked(words)), `${JSON.stringify(words)} is on the screen:\n${text}`);
  }
  assert.doesNotMatch(text, /[*_]/);
}

const labelled = (label: string, kind: string) => ({ label, kind });
/** Wherever it stands. */
const named = ({ label, kind }: Json) => ({ label, kind });
const urlButton = ({ parameters }: Json) => ({
  label: parameters.display_text,
  kind: "url",
  url: parameters.url,
});

function assertFile(message: Json, header: Json): void {
  assert.equal(message.media?.type, header.type);
  assert.equal(message.media.link, header[header.type].link);
}

/** The header, the body and the footer, in this order. */
function linesOf({ header, body, footer }: Json): string {
  const lines = [header?.text, unmarked(body.text), footer?.text];
  return lines.filter((line) => line !== undefined).join("\n\n");
}

const native: Record<string, (shown: Json[], interactive: Json) => void> = {
  button([message], interactive) {
    const titles = interactive.action.buttons.map(({ reply }: Json) => labelled(reply.title, "reply"));
    assert.deepEqual(message.buttons.map(named), titles);
    assert.equal(message.text, linesOf(interactive));
  },
  cta_url([message], interactive) {
    assert.deepEqual(message.buttons, [urlButton(interactive.action)]);
    assert.equal(message.text, linesOf(interactive));
  },
  list([message], { header, body, footer, action }) {
    const rows = action.sections.flatMap((section: Json) => section.rows);
    const options = rows.map((row: Json) => ({ text: `${row.title} — ${row.description}` }));
    assert.deepEqual(message.poll.options, options);
    assert.ok(message.poll.question.startsWith(`${header.text}\n\n${body.text}\n\n`));
    assert.ok(message.poll.question.endsWith(`\n\n${footer.text}`));
  },
  carousel([text, ...cards], { body, action }) {
    assert.equal(text.text, body.text);
    assert.equal(cards.length, action.cards.length);
    for (const [index, card] of action.cards.entries()) {
      assertFile(cards[index], card.header);
      assert.equal(cards[index].text, unmarked(card.body.text));
      assert.deepEqual(cards[index].buttons, [urlButton(card.action)]);
    }
  },
  location_request_message([message], { body }) {
    assert.equal(message.text, unmarked(body.text));
    assert.deepEqual(message.buttons, [{ ...labelled("Send location", "location"), place: "keyboard" }]);
  },
};

/** The screen holds the message in Telegram's own controls, `times` over, and nothing else of the business. */
async function assertDrawn(chat: Chat, interactive: Json, times = 1): Promise<void> {
  const shown = await chat.shown();
  const each = interactive.type === "carousel" ? 1 + interactive.action.cards.length : 1;
  assert.equal(shown.length, each * times);
  const check = native[interactive.type];
  assert.ok(check);
  for (let first = 0; first < shown.length; first += each) {
    const messages = shown.slice(first, first + each);
    assertReadable(messages, interactive);
    // A chat has one reply keyboard: the newest message's.
    if (interactive.type !== "location_request_message" || first + each === shown.length) {
      check(messages, interactive);
    }
    if (interactive.header && interactive.header.type !== "text") assertFile(messages[0], interactive.header);
  }
}

describe("a seed's body sent to Telegram", () => {
  for (const { name, body, interactive } of seeds()) {
    it(`is drawn in Telegram's own controls through /v1/messages: ${name}`, async () => {
      const chat = await open();
      const { channel: from, address: to } = chat.person;
      const whole = body.content === undefined ? { content: { interactive } } : body;
      const answer = await stack.call("POST", "/v1/messages", { ...whole, from, to });
      assert.equal(answer.status, 202, answer.text);
      assert.equal(answer.json.platform, "telegram");
      assert.ok(["native", "adapted"].includes(answer.json.adaptation.fidelity));
      for (const step of answer.json.adaptation.steps) assert.equal(step.lost, undefined, step.did);
      await chat.left(answer.json.id);
      await assertDrawn(chat, interactive);
    });
  }

  for (const { name, body, interactive } of seeds().filter(({ document }) => document === 2)) {
    it(`is drawn in Telegram's own controls through the drop-in: ${name}`, async () => {
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

  for (const name of ["seed-1-list", "seed-2-list"]) {
    it(`shows every section, title and description as buttons too, where those are asked for: ${name}`, async () => {
      const chat = await open();
      const { interactive } = seed(name);
      await chat.sent({ interactive }, { options: { telegram: { list: "keyboard" } } });
      const [message, ...more] = await chat.shown();
      assert.equal(more.length, 0);
      assertReadable([message], interactive);
      const rows = interactive.action.sections.flatMap((section: Json) => section.rows);
      assert.deepEqual(
        message.buttons,
        rows.map((row: Json) => labelled(row.title, "reply")),
      );
    });
  }

  it("becomes buttons where a list is too long for a poll, with every word of it in the text", async () => {
    const chat = await open();
    const interactive = structuredClone(seed("seed-2-list").interactive);
    interactive.body.text = `${interactive.body.text} ${"And so on. ".repeat(30)}`.trim();
    await chat.sent({ interactive });
    const [message] = await chat.shown();
    assert.equal(message.poll, undefined);
    assertReadable([message], interactive);
    assert.deepEqual(
      message.buttons.map((button: Json) => button.label),
      ["Order updates", "Billing alerts", "Deals"],
    );
  });

  it("loses WhatsApp's marks in every text that may have them, and keeps signs that are none", async () => {
    const chat = await open();
    const interactive = structuredClone(seed("seed-2-button").interactive);
    interactive.body.text = "*Bold*, _italic_ and ~gone~: snake_case at https://example.com/a_b_c?x=*";
    interactive.footer.text = "Reply *now*.";
    await chat.sent({ interactive });
    const { text } = await chat.lastShown();
    const body = "Bold, italic and gone: snake_case at https://example.com/a_b_c?x=*";
    assert.equal(text, `${interactive.header.text}\n\n${body}\n\nReply now.`);
  });
});

describe("a form sent to Telegram", () => {
  for (const [name, interactive, reason] of [
    ["address_message", addressMessage, /address/],
    ["flow", flow, /[Ff]low/],
  ] as const) {
    it(`is refused with the reason, by sending, preview and drop-in alike, whatever may be lost: ${name}`, async () => {
      const chat = await open();
      const { channel: from, address: to } = chat.person;
      for (const path of ["/v1/messages", "/v1/messages/preview"]) {
        for (const adapt of ["none", "lossless", "best_effort"]) {
          const body = { from, to, content: { interactive }, adapt };
          const { status, json } = await stack.call("POST", path, body);
          assert.equal(status, 422);
          assert.equal(json.code, "not_representable");
          assert.equal(json.adaptation.fidelity, "impossible");
          assert.equal(json.errors.length, 1);
          assert.equal(json.errors[0].pointer, "/content/interactive");
          assert.match(json.errors[0].message, reason);
        }
      }
      const cloud = { messaging_product: "whatsapp", to, type: "interactive", interactive };
      const { status, json } = await chat.sendCloud(cloud);
      assert.equal(status, 400);
      assert.equal(json.error.code, 131051);
      assert.match(json.error.error_data.details, reason);
      assert.deepEqual(await chat.shown(), []);
    });
  }
});
