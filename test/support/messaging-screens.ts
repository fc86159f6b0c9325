import assert from "node:assert/strict";
import type { Content } from "../../src/core/message.ts";
import type { RenderContext, Rendering } from "../../src/core/platform.ts";
import { render as renderInstagram } from "../../src/platforms/instagram/render.ts";
import { render as renderMessenger } from "../../src/platforms/messenger/render.ts";
import { readPayload } from "../../src/platforms/meta/messaging/payload.ts";
import type { Button, Message } from "../../src/platforms/meta/messaging/wire.ts";

export type Options = RenderContext["options"];
export interface Screen {
  name: string;
  render(content: Content, context: RenderContext): Rendering;
  options: Options;
  /** Counted here by the test itself, from Meta's pages and not from our data. */
  isText(text: string): boolean;
}
export const points = (text: string) => [...text].length;
const isShort = (text: string) => Buffer.byteLength(text) <= 1000;
const instagram = { render: renderInstagram, isText: isShort };
export const screens: Screen[] = [
  { name: "Messenger", render: renderMessenger, options: {}, isText: (text) => points(text) < 2000 },
  { name: "Instagram", options: {}, ...instagram },
  { name: "Instagram with templates", options: { instagram: { button: "template" } }, ...instagram },
];
export const context = ({ options }: Screen): RenderContext => ({
  to: "7",
  chat: "private",
  token: "T-_9",
  options,
  quotes: "m_1",
});

export const messagesOf = ({ calls }: Rendering) =>
  calls.flatMap(({ body }) => (body?.message as unknown as Message) ?? []);
const template = ({ attachment }: Message) =>
  attachment?.type === "template" ? attachment.payload : undefined;

/** Texts of messages, in their order. */
export function textsOf(message: Message): string[] {
  const shown = template(message);
  if (shown?.template_type === "button") return [shown.text];
  return message.text === undefined ? [] : [message.text];
}
export const elementsOf = (message: Message) => {
  const shown = template(message);
  return shown?.template_type === "generic" ? shown.elements : [];
};
export function buttonsOf(message: Message): Button[] {
  const shown = template(message);
  return shown?.template_type === "button"
    ? shown.buttons
    : elementsOf(message).flatMap(({ buttons = [] }) => buttons);
}

function assertTaken(message: Message, screen: Screen, mark: string): void {
  assert.equal(Number(message.text !== undefined) + Number(message.attachment !== undefined), 1);
  assert.equal(message.metadata, screen.name === "Messenger" ? mark : undefined);
  for (const text of textsOf(message)) {
    assert.ok(screen.isText(text), `${points(text)} points`);
    assert.equal(text, text.trim());
    assert.notEqual(text, "");
  }
  const shown = template(message);
  if (shown?.template_type === "button") assert.ok(points(shown.text) <= 640);
  if (shown?.template_type === "button") assert.ok(shown.buttons.length >= 1 && shown.buttons.length <= 3);
  assert.ok(elementsOf(message).length <= 10);
  for (const { title, subtitle, buttons } of elementsOf(message)) {
    assert.ok(title.trim() !== "" && points(title) <= 80 && !title.includes("\n"));
    assert.ok(subtitle === undefined || (points(subtitle) <= 80 && !subtitle.includes("\n")));
    assert.ok(buttons && buttons.length >= 1 && buttons.length <= 3);
  }
  const replies = message.quick_replies ?? [];
  assert.ok(replies.length <= 13 && (replies.length === 0 || message.text !== undefined));
  for (const { title } of [...replies, ...buttonsOf(message)]) assert.ok(title && points(title) <= 20);
}

/** Every choice can be picked by one control, and every control picks a choice; the quote is on the first call alone. */
function assertAnswerable({ calls, choices, ...rendering }: Rendering): void {
  const messages = messagesOf({ calls, choices, ...rendering });
  const payloads = messages.flatMap((message) => [
    ...(message.quick_replies ?? []).map(({ payload }) => payload),
    ...buttonsOf(message).flatMap((button) => (button.type === "postback" ? button.payload : [])),
  ]);
  assert.equal(new Set(payloads).size, payloads.length);
  assert.deepEqual(
    payloads.map(readPayload),
    choices.map(({ key }) => ({ token: "T-_9", key })),
  );
  assert.deepEqual(
    messages.flatMap((message, index) =>
      message.quick_replies && index < messages.length - 1 ? [message] : [],
    ),
    [],
  );
  assert.deepEqual(
    calls.filter(({ body }) => body?.reply_to).map(({ body }) => body?.reply_to),
    calls.slice(0, 1).flatMap(({ body }) => (body?.message ? { mid: "m_1" } : [])),
  );
}

/** Without white space, where texts are cut, and without the isolates that keep two directions apart. */
export const bare = (text: string) => text.replace(/[\s\u2068\u2069]/g, "");

function assertShown(rendering: Rendering, texts: readonly (string | undefined)[]): void {
  const messages = messagesOf(rendering);
  const running = bare(messages.flatMap(textsOf).join(""));
  const others = messages.flatMap((message) => [
    ...(message.quick_replies ?? []).map(({ title }) => title),
    ...buttonsOf(message).map(({ title }) => title),
    ...elementsOf(message).map(({ title, subtitle = "" }) => title + subtitle),
  ]);
  const screen = [running, ...others.map(bare)];
  for (const text of texts) {
    const wanted = bare(text ?? "");
    assert.ok(
      screen.some((each) => each.includes(wanted)),
      `“${text}” is missing in ${screen.join(" | ")}`,
    );
  }
}

export function assertDrawn(
  screen: Screen,
  content: Content,
  texts: readonly (string | undefined)[],
): Rendering {
  const rendering = screen.render(content, context(screen));
  const { fidelity, steps } = rendering.adaptation;
  assert.ok(["native", "adapted"].includes(fidelity), JSON.stringify(steps));
  const messages = messagesOf(rendering);
  for (const [index, message] of messages.entries())
    assertTaken(message, screen, messages.length > 1 ? `a1:T-_9.${index}` : "a1:T-_9");
  assertAnswerable(rendering);
  assertShown(rendering, texts);
  return rendering;
}
