import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { startStack } from "../support/stack.ts";

const databases = await postgresDatabases();

const question = (body: string) => ({
  interactive: {
    type: "button",
    body: { text: body },
    action: { buttons: [{ type: "reply", reply: { id: "yes", title: "Yes" } }] },
  },
});

test("on PostgreSQL a message goes out, its tap comes back, and after kill -9 all of it is there and goes on", async () => {
  const url = await databases.create();
  const env = { DATABASE_URL: url };
  await using endpoint = await Endpoint.listen();
  const first = await startStack({ env });
  await endpoint.register(first);
  const chat = await Chat.open(first, endpoint, "telegram");
  const id = await chat.sent(question("Before?"));
  await chat.hears({ act: "tap", message: (await chat.lastShown()).id, button: "Yes" });
  const refused = await first.call("POST", "/v1/backups");
  assert.equal(refused.status, 202);
  const backup = await eventually("the end of the backup", async () => {
    const { json } = await first.call("GET", "/v1/backups");
    return json.data[0]?.state === "failed" ? json.data[0] : undefined;
  });
  assert.match(backup.reason, /pg_dump/);
  await first.stop("SIGKILL");

  await using second = await startStack({ env, from: first });
  const { status, json } = await second.call("GET", `/v1/messages/${id}`);
  assert.deepEqual([status, json.id], [200, id]);
  const again = await Chat.open(second, endpoint, "telegram");
  await again.sent(question("After?"));
  assert.match(JSON.stringify(await again.lastShown()), /After\?/);
  const reply = await again.hears({ act: "tap", message: (await again.lastShown()).id, button: "Yes" });
  assert.ok(reply);
});
