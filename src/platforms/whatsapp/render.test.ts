import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Content } from "../../core/message.ts";
import { messageType } from "../../core/message.ts";
import { replyCarousel, samples } from "../../core/samples.ts";
import { render } from "./render.ts";

const folder = new URL("./fixtures/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const context = { to: "+16505551234", chat: "private" as const, token: "tok_1", options: {} };

for (const file of readdirSync(folder).filter((name) => name.endsWith(".message.json"))) {
  test(`the message ${file} becomes its calls`, () => {
    const { content, ...more } = read(file);
    assert.deepEqual(
      render(content, { ...context, ...more }),
      read(file.replace(".message.json", ".calls.json")),
    );
  });
}

for (const content of [...Object.values(samples()), replyCarousel(3, 3)] as Content[]) {
  test(`a ${messageType(content)} is one native call that holds the content as it is`, () => {
    const { calls, adaptation } = render(content, context);
    assert.equal(calls.length, 1);
    assert.deepEqual(adaptation, { fidelity: "native", steps: [] });
    const key = Object.keys(content)[0]!;
    assert.deepEqual(calls[0]!.body![key], content[key as keyof Content]);
    assert.equal(calls[0]!.body!.type, key);
  });
}

test("a business-scoped user id goes to `recipient`, never to `to`", () => {
  const body = render(samples().text, { ...context, to: "US.13491208655302741918" }).calls[0]!.body!;
  assert.equal(body.recipient, "US.13491208655302741918");
  assert.equal(Object.hasOwn(body, "to"), false);
});
