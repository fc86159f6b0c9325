import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Call } from "../../../core/platform.ts";
import { likeness, likenessOf } from "./likeness.ts";

/** Every call that a fixture of Instagram's draws. */
function drawn(): Call[] {
  const folder = new URL("../../instagram/fixtures/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".calls.json"));
  return files.flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")).calls);
}

/** As Instagram tells of a message: no quick replies, a list of attachments, and files at addresses of its own. */
function echoOf(message: Record<string, unknown>): Record<string, unknown> {
  const { text, attachment } = structuredClone(message) as {
    text?: string;
    attachment?: { type: string; payload: object };
  };
  if (text !== undefined) return { mid: "m", is_echo: true, text };
  const isFile = attachment?.type !== "template";
  const payload = isFile
    ? { url: "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1" }
    : attachment?.payload;
  return { mid: "m", is_echo: true, attachments: [{ ...attachment, payload }] };
}

test("every message that is drawn is known by its echo; a reaction has none", () => {
  const calls = drawn();
  const messages = calls.flatMap(({ body }) =>
    body?.message ? [body.message as Record<string, unknown>] : [],
  );
  assert.ok(messages.length > 50 && messages.length < calls.length);
  for (const call of calls) {
    const message = call.body?.message as Record<string, unknown> | undefined;
    const known = likeness(call);
    if (message === undefined) assert.equal(known, undefined);
    else assert.ok(known !== undefined && known === likenessOf(echoOf(message)), JSON.stringify(message));
  }
});

test("other words are another message, and so is another kind of file; white space is not", () => {
  const button = (text: string, title: string) => ({
    attachment: {
      type: "template",
      payload: { template_type: "button", text, buttons: [{ type: "postback", title, payload: "a1:t:0" }] },
    },
  });
  const file = (type: string) => ({ attachment: { type, payload: { url: "https://a.example/1" } } });
  const apart = [
    { text: "Hi" },
    { text: "Hi!" },
    button("Hi", "Yes"),
    button("Hi", "No"),
    button("Ho", "Yes"),
    file("image"),
    file("video"),
  ];
  assert.equal(new Set(apart.map(likenessOf)).size, apart.length);
  assert.equal(likenessOf({ text: " Hi \n there" }), likenessOf({ text: "Hi there " }));
  assert.equal(likenessOf({ text: "Caf\u00e9" }), likenessOf({ text: "Cafe\u0301" }));
  for (const nothing of [undefined, {}, { text: "" }, { attachments: "?" }])
    assert.equal(likenessOf(nothing), undefined);
});

test("a template is known by its words at whatever depth the echo has them", () => {
  const elements = [{ title: "Steak", subtitle: "With fries", buttons: [{ title: "Select" }] }];
  const sent = { attachment: { type: "template", payload: { template_type: "generic", elements } } };
  const told = { attachments: [{ type: "template", payload: { generic: { elements } } }] };
  assert.equal(likenessOf(sent), likenessOf(told));
});
