import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboundContent } from "../../core/message.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { withMediaId } from "./media.ts";
import { mediaId, readMediaId } from "./media-id.ts";

const address = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=a";
const channel = {
  id: "11111111-1111-4111-8111-111111111111",
  webhookSecret: "a secret of this channel",
} as ChannelRow;
const other = { id: "22222222-2222-4222-8222-222222222222", webhookSecret: "another" } as ChannelRow;
const channelOf = (id: string) => [channel, other].find((one) => one.id === id);
const hide = (content: InboundContent) => withMediaId(content, channel);
const idIn = (content: InboundContent) => (content[content.type] as { id: string }).id;

test("a file's id becomes ours, and all else about it stays", () => {
  const content = hide({ type: "image", image: { id: "1234", caption: "Hi" } });
  assert.match(idIn(content), /^med_[\w-]+$/);
  assert.equal((content.image as { caption: string }).caption, "Hi");
});

test("whatever type a message is of, an address of the platform's is nowhere in it", () => {
  for (const type of ["image", "ig_post", "story_mention", "unsupported"]) {
    const content = hide({ type, [type]: { id: address, title: "T" } });
    assert.match(idIn(content), /^med_/, type);
  }
});

test("each of several attachments gets an id of ours, beside a text or alone", () => {
  const attachments = [
    { type: "image", image: { id: address } },
    { type: "story", story: { id: address, story_id: "17" } },
    { type: "fallback", fallback: { url: "https://youtu.be/x" } },
  ];
  for (const content of [
    { type: "attachments", attachments },
    { type: "text", text: { body: "Hi" }, attachments },
  ]) {
    const told = JSON.stringify(hide(content));
    assert.ok(!told.includes("fbsbx"));
    assert.equal(told.match(/"id":"med_/g)?.length, 2);
    assert.ok(told.includes("https://youtu.be/x"));
  }
});

test("the pictures of a template's cards get ids of ours, and a choice whose id is an address keeps it", () => {
  const cards = [
    { title: "Steak", image: { id: address } },
    { title: "Soup", image_url: "https://a.example/1.png" },
  ];
  const told = JSON.stringify(hide({ type: "template", template: { generic: { elements: cards } } }));
  assert.ok(!told.includes("fbsbx") && told.includes("https://a.example/1.png"));
  assert.equal(told.match(/"image":\{"id":"med_/g)?.length, 1);
  const reply = { type: "button_reply", button_reply: { id: address, title: "Yes" } };
  assert.deepEqual(hide({ type: "interactive", interactive: reply }).interactive, reply);
});

test("an id of something that is no file stays as it is", () => {
  const contents: InboundContent[] = [
    { type: "order", order: { id: "1", catalog_id: "2" } },
    { type: "text", text: { body: "Hi" } },
    { type: "contacts", contacts: [{ id: "1" }] },
  ];
  for (const content of contents) assert.deepEqual(hide(content), content);
});

test("an id is the same for the same file, hides where it is, and opens for its own channel alone", () => {
  const id = mediaId(channel, address);
  assert.equal(id, mediaId(channel, address));
  assert.notEqual(id, mediaId(other, address));
  assert.ok(!Buffer.from(id.slice(4), "base64url").toString("latin1").includes("fbsbx"));
  assert.deepEqual(readMediaId(id, channelOf), { channel, reference: address });
  const foreign = { ...channel, webhookSecret: "not the one" };
  assert.equal(
    readMediaId(id, () => foreign),
    undefined,
  );
  assert.equal(
    readMediaId(id, () => undefined),
    undefined,
  );
});

test("an id that was changed, cut or made up opens nothing", () => {
  const id = mediaId(channel, address);
  const changed = [...id].with(60, id[60] === "A" ? "B" : "A").join("");
  for (const wrong of [changed, id.slice(0, -2), id.slice(0, 30), "med_", "med_nope", id.slice(4), "%%%"]) {
    assert.equal(readMediaId(wrong, channelOf), undefined, wrong);
  }
});
