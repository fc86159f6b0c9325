import assert from "node:assert/strict";
import { test } from "node:test";
import { idsIn, inOrder, nextItem } from "../console/src/pages/compose/blank.ts";
import { asCalls, asCurl, requestBody } from "../console/src/pages/compose/copies.ts";
import { draftOf, withBody, withText } from "../console/src/pages/compose/draft.ts";
import { judge, shownOf } from "../console/src/pages/compose/judge.ts";
import { asType, interactiveTypes, plainTypes, typeIn } from "../console/src/pages/compose/message-types.ts";
import { limitsAt, shapeAt } from "../console/src/pages/compose/shape-fields.ts";
import { moved, valueAt, withValueAt } from "../console/src/pages/compose/value.ts";
import { examples } from "../src/core/examples.ts";
import { isObject, pointerStep } from "../src/core/json.ts";
import { sizeLimits } from "../src/core/limits.ts";
import type { MessageType } from "../src/core/message.ts";

/** Every place in a value, with what stands there. */
function places(value: unknown, pointer = ""): [pointer: string, value: unknown][] {
  const inner = Array.isArray(value) || isObject(value) ? Object.entries(value) : [];
  return [[pointer, value], ...inner.flatMap(([key, one]) => places(one, pointer + pointerStep(key)))];
}

const bodies = examples().map(({ name, content }) => ({
  name,
  body: { content } as Record<string, unknown>,
}));
const types = [...interactiveTypes, ...plainTypes] as MessageType[];
const problemsOf = (body: unknown) => judge(body as Record<string, unknown>).problems;

test("the form knows the shape of every place in every example", () => {
  for (const { name, body } of bodies) {
    const shown = shownOf(body).body;
    for (const [pointer] of places(shown.content, "/content"))
      assert.ok(isFree(pointer) || shapeAt(shown, pointer), `${name} ${pointer}`);
  }
});

/** The data of a flow may be anything. */
const isFree = (pointer: string) => /flow_action_payload\/data\//.test(pointer);

test("every type of message can become every other, without problems", () => {
  assert.deepEqual([...types].sort(), Object.keys(sizeLimits).sort());
  for (const { name, body } of bodies)
    for (const type of types) {
      const turned = asType(body, type);
      assert.equal(typeIn(turned)?.type, type);
      const found = problemsOf(turned).filter(({ rule }) => rule !== "max_length");
      assert.deepEqual(found, [], `${name} as ${type}`);
    }
});

test("whatever list an item is added to, there are no problems up to the list's limit", () => {
  let added = 0;
  for (const { name, body } of bodies)
    for (const [pointer, value] of places(shownOf(body).body.content, "/content")) {
      const shape = shapeAt(body, pointer);
      if (!Array.isArray(value) || shape?.is !== "list") continue;
      const field = pointer.split("/").at(-1)!;
      const next = nextItem(shape.of, field, value, idsIn(body.content));
      const longer = withValueAt(body, pointer, inOrder([...value, next]));
      const rules = new Set(problemsOf(longer).map(({ rule }) => rule));
      // All cards need as many replies, and there are never more than ten rows.
      for (const known of ["max_items", "max_rows", "same_buttons"]) rules.delete(known);
      assert.deepEqual([...rules], [], `${name} ${pointer}`);
      added++;
    }
  assert.ok(added > 30, String(added));
});

test("items that change places keep their numbers in order, and the message without problems", () => {
  const { body } = bodies.find(({ name }) => name === "ten-cards")!;
  const at = "/content/interactive/action/cards";
  const cards = valueAt(body, at) as { body: unknown }[];
  const shuffled = withValueAt(body, at, inOrder(moved(cards, 9, 0)));
  assert.deepEqual(problemsOf(shuffled), []);
  assert.deepEqual((valueAt(shuffled, `${at}/0`) as { body: unknown }).body, cards[9]!.body);
});

test("a value is set and taken away at any place, and nothing else is touched", () => {
  for (const { name, body } of bodies)
    for (const [pointer, value] of places(body)) {
      assert.deepEqual(valueAt(body, pointer), value);
      assert.deepEqual(withValueAt(body, pointer, structuredClone(value)), body, `${name} ${pointer}`);
    }
  assert.deepEqual(withValueAt({ a: { b: 1, c: 2 } }, "/a/b", undefined), { a: { c: 2 } });
  assert.deepEqual(withValueAt({}, "/a/b~1c", 1), { a: { "b/c": 1 } });
  assert.deepEqual(withValueAt({ a: [1, 2, 3] }, "/a/1", undefined), { a: [1, 3] });
});

test("a draft keeps its last good body while its text is broken, and an example's name while its content is the same", () => {
  const draft = draftOf({ content: { text: { body: "Hello" } } }, "text");
  const broken = withText(draft, '{ "content": ');
  assert.deepEqual(broken.body, draft.body);
  assert.match(broken.broken!, /JSON/);
  assert.match(withText(draft, "[]").broken!, /must be a JSON object/);
  assert.match(withText(draft, '{"a":1,"a":2}').broken!, /\/a stands twice/);
  assert.equal(withText(broken, draft.text).broken, undefined);
  assert.equal(withBody(draft, { ...draft.body, adapt: "none" }).example, "text");
  assert.equal(withBody(draft, { content: { text: { body: "Bye" } } }).example, undefined);
  assert.equal(withBody(draft, { ...draft.body, metadata: {} }).example, undefined);
});

test("a limit is known at each place that has one, for what is folded too", () => {
  const body = { content: { interactive: { type: "list", action: { sections: [{ rows: [{}] }] } } } };
  const at = (pointer: string) => limitsAt(body, pointer).map(({ max }) => max);
  assert.deepEqual(at("/content/interactive/action/sections/0/rows/0/title"), [24]);
  assert.deepEqual(at("/content/interactive/body/text"), [4096]);
  assert.deepEqual(at("/options/labels/select"), [20]);
  assert.deepEqual(at("/content/interactive/type"), []);
});

test("what the form shows of a folded spelling leads back to where it is written", () => {
  const button = { type: "quick_reply", id: "a", title: "A" };
  const card = {
    header: { type: "image", image: { link: "https://example.com/a.jpg" } },
    action: { buttons: [button] },
  };
  const body = {
    content: { interactive: { type: "carousel", body: { text: "x" }, action: { cards: [card, card] } } },
  };
  const shown = shownOf(body);
  const at = "/content/interactive/action/cards/1/action/buttons/0";
  assert.equal(valueAt(shown.body, `${at}/quick_reply/title`), "A");
  assert.equal(shown.written(`${at}/quick_reply/title`), `${at}/title`);
});

test("copies hold the message as it is, quotes of a shell included, and the platform's own addresses", () => {
  const body = { content: { text: { body: 'It\'s `here`, "$HOME"' } } };
  const curl = asCurl("http://127.0.0.1:1", requestBody(body, { from: "c", to: "t" }));
  const sent = JSON.parse(/-d '([\s\S]*)'$/.exec(curl)![1]!.replaceAll(`'\\''`, "'"));
  assert.deepEqual(sent, { from: "c", to: "t", ...body });
  const { previews } = judge(body);
  const told = Object.values(previews!).map((one) =>
    "calls" in one ? asCalls(one.platform, one.calls) : "",
  );
  assert.deepEqual(
    told.map((calls) => /^# Change before you run it: set (.*); (\S+) is an example/.exec(calls)?.slice(1)),
    [
      ["$ACCESS_TOKEN and $PHONE_NUMBER_ID", "to"],
      ["$ACCESS_TOKEN and $PAGE_ID", "recipient.id"],
      ["$ACCESS_TOKEN and $INSTAGRAM_ID", "recipient.id"],
      ["$BOT_TOKEN", "chat_id"],
    ],
  );
  assert.deepEqual(
    told.map((calls) => /"(https:[^"]*)"/.exec(calls)?.[1]?.replace(/v\d+\.\d+/, "V")),
    [
      "https://graph.facebook.com/V/$PHONE_NUMBER_ID/messages",
      "https://graph.facebook.com/V/$PAGE_ID/messages",
      "https://graph.instagram.com/V/$INSTAGRAM_ID/messages",
      "https://api.telegram.org/bot$BOT_TOKEN/sendMessage",
    ],
  );
});
