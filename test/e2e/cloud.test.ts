import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type MetaNumber, whatsappNumber } from "../support/meta-webhook.ts";
import { type Answer, type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
let endpoint: Endpoint;
let ana: Person;

before(async () => {
  stack = await startStack();
  number = await whatsappNumber(stack);
  ana = (await stack.people("whatsapp"))[0]!;
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

const text = (body = "hello", more: object = {}) => ({
  messaging_product: "whatsapp",
  recipient_type: "individual",
  to: ana.address,
  type: "text",
  text: { body },
  ...more,
});
const buttons = (ids: string[]) => ({
  type: "button",
  body: { text: "How can I help you?" },
  action: { buttons: ids.map((id) => ({ type: "reply", reply: { id, title: id.slice(0, 20) } })) },
});

function post(
  body: unknown,
  headers: Record<string, string> = {},
  from = number.phoneNumberId,
): Promise<Answer> {
  return stack.call("POST", `/v25.0/${from}/messages`, body, headers);
}

/** A refusal in Meta's shape; gives its details. */
function refused(answer: Answer, status: number, code: number): string {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers["content-type"]), /^application\/json/);
  assert.deepEqual(Object.keys(answer.json), ["error"]);
  const { error } = answer.json;
  assert.equal(error.code, code, answer.text);
  assert.equal(error.type, "OAuthException");
  assert.match(error.message, new RegExp(`^\\(#${code}\\) `));
  assert.match(error.fbtrace_id, /^[A-Za-z0-9_-]{8,}$/);
  assert.equal(error.error_data.messaging_product, "whatsapp");
  return error.error_data.details;
}

test("an accepted message is answered in Meta's shape, and its id stands for the message everywhere", async () => {
  const answer = await post(text("by the drop-in"));
  assert.equal(answer.status, 200, answer.text);
  const id = answer.json.messages[0].id;
  assert.match(id, /^wamid\.[A-Za-z0-9]+$/);
  assert.deepEqual(answer.json, {
    messaging_product: "whatsapp",
    contacts: [{ input: ana.address, wa_id: ana.address.slice(1) }],
    messages: [{ id }],
  });
  const sent = await endpoint.next("its sent event", (event) => event.message?.id === id);
  assert.equal(sent.type, "message.sent");
  const { status, json } = await stack.call("GET", `/v1/messages/${id}`);
  assert.equal(status, 200);
  assert.equal(json.id, id);
  assert.deepEqual(json.content, { text: { body: "by the drop-in" } });
  assert.ok(json.platform_ids.length === 1 && json.platform_ids[0] !== id);
});

test("a recipient is taken with and without +, with spaces, and with or without recipient_type", async () => {
  const digits = ana.address.slice(1);
  for (const to of [
    digits,
    `+${digits}`,
    `+${digits.slice(0, 1)} (${digits.slice(1, 4)}) ${digits.slice(4)}`,
  ]) {
    const answer = await post(text("spelling", { to }));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.contacts, [{ input: to, wa_id: digits }]);
  }
  const { recipient_type: _, ...without } = text("no recipient_type");
  assert.equal((await post(without)).status, 200);
});

test("the id is what a reply answers and what a later message may quote", async () => {
  const asked = await post(
    text("", { type: "interactive", interactive: buttons(["YES", "NO"]), text: undefined }),
  );
  assert.equal(asked.status, 200, asked.text);
  const id = asked.json.messages[0].id;
  const shown = await eventually("the buttons", async () =>
    (await stack.screen(ana)).find((message) => message.buttons),
  );
  assert.equal((await stack.act(ana, { act: "tap", message: shown.id, button: "YES" })).status, 200);
  const reply = await endpoint.next(
    "the tap",
    (event) => event.message?.interactive?.button_reply?.id === "YES",
  );
  assert.equal(reply.message.context.id, id);

  for (const quoting of [
    () => post(text("quoted by the drop-in", { context: { message_id: id } })),
    () =>
      stack.call("POST", "/v1/messages", {
        from: number.phoneNumberId,
        to: ana.address,
        content: { text: { body: "quoted" } },
        context: { message_id: id },
      }),
  ]) {
    const answer = await quoting();
    assert.ok(answer.status < 300, answer.text);
  }
  const calls = await eventually("two calls with a quote", async () => {
    const { json } = await stack.simulate("GET", "/calls?limit=1000");
    const quotes = json.data.filter((call: { body: { context?: object } }) => call.body?.context);
    return quotes.length >= 2 ? quotes : undefined;
  });
  const { platform_ids } = (await stack.call("GET", `/v1/messages/${id}`)).json;
  for (const { body } of calls) assert.deepEqual(body.context, { message_id: platform_ids[0] });
});

test("data to echo comes back with the statuses of its message", async () => {
  const answer = await post(text("echo", { biz_opaque_callback_data: "order 7" }));
  const id = answer.json.messages[0].id;
  const sent = await endpoint.next("its sent event", (event) => event.message?.id === id);
  assert.deepEqual(sent.message.metadata, { biz_opaque_callback_data: "order 7" });
});

test("the content may come as JSON text, as Graph takes it, and is judged like any other", async () => {
  const contacts = (value: string) => post(text("", { type: "contacts", contacts: value, text: undefined }));
  const taken = await contacts('[{"name":{"formatted_name":"Zoë"},"phones":[{"phone":"+15550009999"}]}]');
  assert.equal(taken.status, 200, taken.text);
  for (const broken of ["[{", `${"[".repeat(99)}${"]".repeat(99)}`, '[{"__proto__":{}}]'])
    refused(await contacts(broken), 400, 100);
  assert.match(refused(await contacts("Zoë"), 400, 100), /must be an array; it is a string/);
});

test("a wrong key, or none, is error 190", async () => {
  for (const authorization of ["", "Bearer wrong-wrong-wrong-wrong"])
    refused(await post(text(), { authorization }), 401, 190);
  const inQuery = await stack.call(
    "POST",
    `/v25.0/${number.phoneNumberId}/messages?access_token=${stack.key}`,
    text(),
    { authorization: "" },
  );
  refused(inQuery, 401, 190);
});

test("an unknown number is error 33", async () => {
  assert.match(refused(await post(text(), {}, "999999999999999"), 400, 33), /999999999999999/);
});

test("a missing field is error 131008 and names the field by the Cloud API's own pointer", async () => {
  const { to: _, ...noRecipient } = text();
  assert.match(refused(await post(noRecipient), 400, 131008), /\/to/);
  assert.match(
    refused(await post({ ...text(), messaging_product: undefined }), 400, 131008),
    /messaging_product/,
  );
  assert.match(refused(await post({ ...text(), text: undefined }), 400, 131008), /\/text/);
  const { body: _body, ...bodiless } = buttons(["A"]);
  const interactive = await post(text("", { type: "interactive", text: undefined, interactive: bodiless }));
  assert.match(refused(interactive, 400, 131008), /\/interactive\/body/);
});

test("a value over its limit is error 131009 and says the limit", async () => {
  assert.match(refused(await post(text("x".repeat(4097))), 400, 131009), /\/text\/body.*4096/);
  const four = await post(
    text("", { type: "interactive", text: undefined, interactive: buttons(["A", "B", "C", "D"]) }),
  );
  assert.match(refused(four, 400, 131009), /\/interactive\/action\/buttons/);
});

test("an unknown field or a wrong type is error 100", async () => {
  assert.match(refused(await post(text("x", { colour: "red" })), 400, 100), /colour/);
  refused(await post(text("x", { text: "x" })), 400, 100);
  refused(await post(text("x", { type: "constructor", text: undefined })), 400, 131008);
});

test("what is not JSON is error 100", async () => {
  for (const body of ["{", "", "hello"]) refused(await post(body), 400, 100);
});

test("every problem of a message stands in the details", async () => {
  const interactive = buttons(["A", "A"]);
  interactive.body.text = "x".repeat(1025);
  const details = refused(
    await post(text("", { type: "interactive", text: undefined, interactive })),
    400,
    131009,
  );
  assert.match(details, /\/interactive\/body\/text/);
  assert.match(details, /\/interactive\/action\/buttons\/1/);
});

test("a version that is none, or another address, is no drop-in", async () => {
  for (const path of [`/latest/${number.phoneNumberId}/messages`, `/v25.0/${number.phoneNumberId}/media`])
    assert.equal((await stack.call("POST", path, text())).status, 404);
});

test("nothing that was refused reached the platform", async () => {
  const { json } = await stack.simulate("GET", "/calls?limit=1000");
  const bodies = JSON.stringify(json.data);
  assert.ok(bodies.includes("by the drop-in"));
  for (const refusedWord of ["colour", "x".repeat(1025)]) assert.ok(!bodies.includes(refusedWord));
});

test("a Telegram channel is reached by its natural id, and what it cannot show is error 131051", async () => {
  const dana = (await stack.people("telegram"))[0]!;
  const before = (await stack.screen(dana)).length;
  const to = dana.address;
  const asked = await post(
    { messaging_product: "whatsapp", to, type: "interactive", interactive: buttons(["TEA", "COFFEE"]) },
    {},
    dana.channel,
  );
  assert.equal(asked.status, 200, asked.text);
  const id = asked.json.messages[0].id;
  assert.match(id, /^wamid\./);
  assert.equal(asked.json.contacts[0].input, to);
  const [shown] = await stack.newOnScreen(dana, before);
  assert.deepEqual(
    shown.buttons.map((button: { label: string }) => button.label),
    ["TEA", "COFFEE"],
  );
  await stack.act(dana, { act: "tap", message: shown.id, button: "COFFEE" });
  const reply = await endpoint.next(
    "the tap",
    (event) => event.message?.interactive?.button_reply?.id === "COFFEE",
  );
  assert.equal(reply.message.context.id, id);
  const flow = {
    type: "flow",
    body: { text: "Book" },
    action: {
      name: "flow",
      parameters: { flow_message_version: "3", flow_id: "1", flow_cta: "Book", flow_token: "t" },
    },
  };
  const impossible = await post(
    { messaging_product: "whatsapp", to, type: "interactive", interactive: flow },
    {},
    dana.channel,
  );
  refused(impossible, 400, 131051);
});
