import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertDrawn,
  context,
  messagesOf,
  type Screen,
  screens,
} from "../../../../test/support/messaging-screens.ts";
import { type SizeLimit, sizeLimits } from "../../../core/limits.ts";
import { type Content, type MessageType, messageType } from "../../../core/message.ts";
import type { RenderContext } from "../../../core/platform.ts";
import { isBounded, resized } from "../../../core/resized-samples.ts";
import { replyCarousel, samples, urlCarousel } from "../../../core/samples.ts";
import { render as renderInstagram } from "../../instagram/render.ts";
import { render as renderMessenger } from "../../messenger/render.ts";

const notRead = new Set(["id", "link", "url", "type", "name", "button", "message_id", "emoji", "wa_id"]);

/**
 * Every text of a message that is meant to be read. What the samples have in markup is one word, and it is read here by
 * the eye: a reader of ours would hide its own mistakes.
 */
function readable(value: unknown, key = ""): string[] {
  if (typeof value === "string") {
    if (notRead.has(key)) return [];
    return [value.replaceAll("*Blue*", "Blue")];
  }
  if (typeof value !== "object" || value === null) return [];
  const name = "name" in value && typeof value.name === "string" && "latitude" in value ? [value.name] : [];
  return [...name, ...Object.entries(value).flatMap(([field, inner]) => readable(inner, field))];
}

const drawn = (content: Content) =>
  !["location_request_message", "address_message", "flow", "reaction"].includes(messageType(content));
const plainSamples = [...Object.values(samples()), replyCarousel(10, 3), urlCarousel(10)].filter(drawn);
const largest = Object.entries(sizeLimits).flatMap(([type, limits]) =>
  (limits as SizeLimit[])
    .filter((limit) => limit.max !== undefined && isBounded(type as MessageType, limit))
    .map((limit) => ({
      name: `${type}${limit.at} of ${limit.max} ${limit.unit}`,
      content: resized(type as MessageType, limit, limit.max!).content,
    })),
);

for (const screen of screens) {
  test(`${screen.name} shows all of every sample`, () => {
    for (const content of plainSamples) {
      const withoutName = structuredClone(content);
      if ("document" in withoutName) delete withoutName.document.filename;
      assertDrawn(screen, withoutName, readable(withoutName));
    }
  });

  test(`${screen.name} shows all of every sample at each of its limits`, () => {
    for (const { content } of largest.filter((each) => drawn(each.content))) {
      if ("document" in content) delete content.document.filename;
      assertDrawn(screen, content, readable(content));
    }
  });
}

const asked = (labels?: RenderContext["options"]["labels"], language?: string) => ({
  ...context(screens[0]!),
  ...(labels && { options: { labels } }),
  ...(language && { language }),
});

test("asks for a place in the contact's language, or in the sender's own words", () => {
  const texts = [asked(), asked(undefined, "es"), asked({ location_prompt: "Where?" }, "es")].map(
    (context) => messagesOf(renderMessenger(samples().location_request_message, context))[0]!.text,
  );
  assert.deepEqual(
    texts.map((text) => text!.split("\n").at(-1)),
    [
      "To answer, type your address or send a map link.",
      "Para responder, escribe tu dirección o envía un enlace del mapa.",
      "Where?",
    ],
  );
});

test("draws 640 characters over buttons and 641 over quick replies, on Messenger", () => {
  const buttons = [{ type: "reply" as const, reply: { id: "1", title: "Yes" } }];
  const kind = (length: number) => {
    const interactive = { type: "button" as const, body: { text: "x".repeat(length) }, action: { buttons } };
    return messagesOf(renderMessenger({ interactive }, asked()))[0]!.text === undefined;
  };
  assert.deepEqual([kind(640), kind(641)], [true, false]);
});

test("sends 1999 characters in one message on Messenger, and 1000 bytes on Instagram", () => {
  const count = (render: Screen["render"], body: string) => render({ text: { body } }, asked()).calls.length;
  assert.deepEqual(
    [count(renderMessenger, "é".repeat(1999)), count(renderMessenger, "é".repeat(2000))],
    [1, 2],
  );
  assert.deepEqual(
    [count(renderInstagram, "é".repeat(500)), count(renderInstagram, `${"é".repeat(500)}x`)],
    [1, 2],
  );
});
