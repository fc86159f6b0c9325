import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Person, startStack } from "../support/stack.ts";

test("a call that was under way at a kill is unknown afterwards and never sent again, and the lane goes on", async () => {
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const gateway = await startStack({ command: "serve", from: first });
  const [person] = (await simulator.people("telegram")) as [Person];
  const text = (body: string) => ({ from: person.channel, to: person.address, content: { text: { body } } });
  const shown = async (body: string) =>
    (await simulator.screen(person)).filter((message) => message.text === body).length;

  await simulator.simulate("POST", "/faults", { kind: "silence", platform: "telegram", count: 1 });
  const { json: cut } = await gateway.call("POST", "/v1/messages", text("cut short"));
  const { json: behind } = await gateway.call("POST", "/v1/messages", text("behind it"));
  await eventually("the text on the screen", async () =>
    (await shown("cut short")) === 1 ? true : undefined,
  );
  await gateway.stop("SIGKILL");

  const again = await startStack({ command: "serve", from: first });
  await eventually("the next one", async () => ((await shown("behind it")) === 1 ? true : undefined));
  const status = async (id: string) => (await again.call("GET", `/v1/messages/${id}`)).json.status;
  assert.equal(await status(cut.id), "unknown");
  await eventually("sent", async () => ((await status(behind.id)) === "sent" ? true : undefined));
  assert.equal(await shown("cut short"), 1);
  assert.equal(await again.stop(), 0);
});
