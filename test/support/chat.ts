import assert from "node:assert/strict";
import type { Endpoint } from "./endpoint.ts";
import { eventually } from "./eventually.ts";
import type { Json } from "./seeds.ts";
import type { Answer, Person, Stack } from "./stack.ts";

const fromPerson = /^(message\.(received|edited|deleted|reaction)|contact\.)/;

/** The conversations of all chats of this file: an event of none of them is nobody's, and every test's concern. */
const opened = new Set<string>();

/** A person of their own for one test, who has just written; what happens to them concerns no other test. */
export class Chat {
  readonly stack: Stack;
  readonly endpoint: Endpoint;
  readonly person: Person;
  /** The first event: the person's own hello. */
  readonly hello: Json;
  #barriers = 0;

  private constructor(stack: Stack, endpoint: Endpoint, person: Person, hello: Json) {
    this.stack = stack;
    this.endpoint = endpoint;
    this.person = person;
    this.hello = hello;
  }

  static async open(
    stack: Stack,
    endpoint: Endpoint,
    platform: Person["platform"],
    wishes: object = {},
  ): Promise<Chat> {
    const { status, json: person, text } = await stack.simulate("POST", "/people", { platform, ...wishes });
    assert.equal(status, 201, text);
    const words = `Hello, I am ${person.id}`;
    const said = await stack.act(person, { act: "say", text: words });
    assert.equal(said.status, 200, said.text);
    const hello = await endpoint.next("the hello", (event) => event.message?.text?.body === words);
    opened.add(hello.conversation.id);
    return new Chat(stack, endpoint, person, hello);
  }

  /** Through `/v1/messages`; `wishes` are further fields of the request. */
  send(content: Json, wishes: Json = {}): Promise<Answer> {
    const { channel: from, address: to } = this.person;
    return this.stack.call("POST", "/v1/messages", { from, to, content, ...wishes });
  }

  /** Sends what must be accepted and waits until the platform has all of it; gives our id. */
  async sent(content: Json, wishes: Json = {}): Promise<string> {
    const answer = await this.send(content, wishes);
    assert.equal(answer.status, 202, answer.text);
    await this.left(answer.json.id);
    return answer.json.id;
  }

  /** Through the drop-in. */
  sendCloud(body: Json): Promise<Answer> {
    return this.stack.call("POST", `/v25.0/${this.person.channel}/messages`, body);
  }

  async sentCloud(body: Json): Promise<string> {
    const answer = await this.sendCloud(body);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.json).sort(), ["contacts", "messages", "messaging_product"]);
    const id = answer.json.messages[0].id;
    assert.match(id, /^wamid\./);
    await this.left(id);
    return id;
  }

  /** Waits until every call of the message was accepted. */
  async left(id: string): Promise<Json> {
    return eventually(`message ${id} sent`, async () => {
      const { json } = await this.stack.call("GET", `/v1/messages/${encodeURIComponent(id)}`);
      if (["failed", "unknown"].includes(json.status)) throw new Error(JSON.stringify(json, null, 1));
      return ["sent", "delivered", "read"].includes(json.status) ? json : undefined;
    });
  }

  /** What the business has put on the screen, oldest first. */
  async shown(): Promise<Json[]> {
    return (await this.stack.screen(this.person)).filter((message) => message.from === "business");
  }

  async lastShown(): Promise<Json> {
    const last = (await this.shown()).at(-1);
    assert.ok(last, "something of the business is on the screen");
    return last;
  }

  /** The platform's record of calls that concern this person, once there are so many that fit. */
  async calls(fits: (call: Json) => boolean, count: number): Promise<Json[]> {
    return eventually(`${count} calls for ${this.person.id}`, async () => {
      const { json } = await this.stack.simulate("GET", "/calls?limit=1000");
      assert.equal(json.data.length < 1000, true, "all calls fit on one page");
      const found = json.data.filter((call: Json) => call.person === this.person.id && fits(call));
      return found.length >= count ? found : undefined;
    });
  }

  /** Does what the screen must allow. */
  async act(act: object): Promise<Json> {
    const done = await this.stack.act(this.person, act);
    assert.equal(done.status, 200, done.text);
    return done.json;
  }

  /**
   * All events that acts of the person cause. A text said after them is the barrier: events of one conversation
   * are delivered in order, so with it everything before it has come.
   */
  async heard(...acts: object[]): Promise<Json[]> {
    const from = this.endpoint.delivered.length;
    for (const act of acts) await this.act(act);
    const words = `That was all, ${this.person.id} ${++this.#barriers}`;
    await this.act({ act: "say", text: words });
    const isBarrier = (event: Json) => event.message?.text?.body === words;
    await this.endpoint.next("the barrier", isBarrier, from);
    return this.endpoint.delivered
      .slice(from)
      .map(({ event }) => event)
      .filter((event) => fromPerson.test(event.type) && !isBarrier(event))
      .filter(({ conversation: { id } }) => id === this.hello.conversation.id || !opened.has(id));
  }

  /** The one event that an act causes. */
  async hears(act: object, type = "message.received"): Promise<Json> {
    const events = await this.heard(act);
    assert.deepEqual(
      events.map((event) => event.type),
      [type],
      JSON.stringify(events),
    );
    assert.equal(events[0].conversation.id, this.hello.conversation.id);
    return events[0];
  }
}

/** The event's message is exactly the payload beside what says who, where and when, and answers that message. */
export function assertPayload(event: Json, payload: Json, answers?: string): void {
  const { id, platform_id, from, timestamp, context, ...rest } = event.message;
  assert.deepEqual(rest, payload);
  assert.match(id, /^msg_/);
  assert.equal(typeof platform_id, "string");
  assert.ok(event.conversation.contact.addresses.includes(from), `${from} is an address of the contact`);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 600_000, timestamp);
  assert.equal(context?.id, answers);
}

export const buttonReply = (reply: object): Json => ({
  type: "interactive",
  interactive: { type: "button_reply", button_reply: reply },
});
export const listReply = (reply: object): Json => ({
  type: "interactive",
  interactive: { type: "list_reply", list_reply: reply },
});
