import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cloudPointer, fromCloud } from "./request.ts";

const folder = join(import.meta.dirname, "..", "core", "fixtures");
const seeds = readdirSync(folder).filter((file) => file.startsWith("seed-2-"));

const text = { messaging_product: "whatsapp", to: "12015550123", type: "text", text: { body: "hello" } };

function request(body: unknown): Record<string, unknown> {
  const read = fromCloud("channel", body);
  assert.ok("request" in read, JSON.stringify(read));
  return read.request as Record<string, unknown>;
}
function problems(body: unknown): [string, string][] {
  const read = fromCloud("channel", body);
  assert.ok("problems" in read, JSON.stringify(read));
  return read.problems.map(({ pointer, rule }) => [pointer, rule]);
}

for (const file of seeds)
  test(`${file} keeps every key of its content`, () => {
    const body = JSON.parse(readFileSync(join(folder, file), "utf8"));
    assert.deepEqual(request(body), {
      from: "channel",
      to: body.to,
      content: { interactive: body.interactive },
    });
  });

test("there are seed bodies to read", () => assert.ok(seeds.length >= 5));

test("a message without a type is a text, as with the Cloud API", () => {
  const { type: _, ...untyped } = text;
  assert.deepEqual(request(untyped).content, { text: { body: "hello" } });
});

test("recipient_type, context, recipient and the echoed data are carried over", () => {
  const { to: _, ...rest } = text;
  const read = request({
    ...rest,
    recipient_type: "individual",
    recipient: "US.1234",
    context: { message_id: "wamid.A" },
    biz_opaque_callback_data: "order 7",
  });
  assert.deepEqual(read, {
    from: "channel",
    to: "US.1234",
    content: { text: { body: "hello" } },
    context: { message_id: "wamid.A" },
    metadata: { biz_opaque_callback_data: "order 7" },
  });
});

test("what is no object is refused whole", () => {
  for (const body of [null, 1, "text", [], true]) assert.deepEqual(problems(body), [["", "type"]]);
});

test("every mistake of the envelope is told at once", () => {
  assert.deepEqual(
    problems({ messaging_product: "telegram", recipient_type: "everyone", type: "image", foo: 1 }),
    [
      ["/messaging_product", "required"],
      ["/recipient_type", "one_of"],
      ["/to", "required"],
      ["/image", "required"],
      ["/foo", "unknown_field"],
    ],
  );
});

test("a type that is no text is refused", () => {
  assert.deepEqual(problems({ ...text, type: 7 }), [["/type", "type"]]);
});

test("a type that every object inherits is not taken for content", () => {
  const { text: _, ...rest } = text;
  for (const type of ["constructor", "toString", "__proto__", "hasOwnProperty"])
    assert.deepEqual(problems({ ...rest, type }), [[`/${type}`, "required"]], type);
});

test("a content beside the one that type names is refused", () => {
  assert.deepEqual(problems({ ...text, image: { link: "https://e.com/a.png" } }), [
    ["/image", "unknown_field"],
  ]);
});

test("pointers are told as into the Cloud API body", () => {
  assert.equal(cloudPointer("/content/interactive/body/text"), "/interactive/body/text");
  assert.equal(cloudPointer("/metadata/biz_opaque_callback_data"), "/biz_opaque_callback_data");
  assert.equal(cloudPointer("/to"), "/to");
});
