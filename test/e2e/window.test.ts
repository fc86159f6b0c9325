import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Person, startStack } from "../support/stack.ts";

const text = (person: Person, more: object) => ({
  from: person.channel,
  to: person.address,
  content: { text: { body: "hello" } },
  ...more,
});

test("with if_window_closed reject nothing goes to who never wrote, and all goes once they have written", async () => {
  await using stack = await startStack();
  for (const platform of ["whatsapp", "messenger", "instagram"] as const) {
    const made = await stack.simulate("POST", "/people", { platform, name: "Nova" });
    const person: Person = made.json;
    const refused = await stack.call("POST", "/v1/messages", text(person, { if_window_closed: "reject" }));
    assert.equal(refused.status, 409, platform);
    assert.equal(refused.json.code, "window_closed");
    assert.equal(refused.json.closed_at, null);
    assert.deepEqual(await stack.screen(person), []);

    await stack.act(person, { act: "say", text: "hi" });
    const taken = await eventually("the open window", async () => {
      const again = await stack.call("POST", "/v1/messages", text(person, { if_window_closed: "reject" }));
      return again.status === 202 ? again : undefined;
    });
    assert.deepEqual(taken.json.warnings, []);
    await stack.newOnScreen(person, 1);
    const { json } = await stack.call("GET", `/v1/messages/${taken.json.id}`);
    const { window } = (await stack.call("GET", `/v1/conversations/${json.conversation}`)).json;
    assert.equal(window.state, "open");
    assert.ok(Date.parse(window.closes_at) > Date.now() + 86_000_000);
  }
});

test("where nothing is said, or try, the platform's own clock decides and a warning tells", async () => {
  await using stack = await startStack();
  const { json: person } = await stack.simulate("POST", "/people", { platform: "whatsapp", name: "Nova" });
  for (const more of [{}, { if_window_closed: "try" }]) {
    const { status, json } = await stack.call("POST", "/v1/messages", text(person, more));
    assert.equal(status, 202);
    assert.deepEqual(
      json.warnings.map(({ rule }: { rule: string }) => rule),
      ["window_closed"],
    );
  }
});

test("Telegram has no window to be closed", async () => {
  await using stack = await startStack();
  const [person] = (await stack.people("telegram")) as [Person];
  const { status } = await stack.call("POST", "/v1/messages", text(person, { if_window_closed: "reject" }));
  assert.equal(status, 202);
});
