import assert from "node:assert/strict";
import { type Cases, digest, eventsOf, said, start } from "./harness.ts";

const chat = { id: "1", type: "private" } as const;
const spoken = { chat, sender: { aliases: ["1"] } };

export const editCases: Cases = {
  "an edit replaces the stored content and tells the id of the message; an unknown one is made": async ({
    store,
  }) => {
    await digest(store, [said("in1")]);
    const [original] = await eventsOf(store);
    const content = { type: "text", text: { body: "new" } };
    await digest(store, [{ kind: "edited", dedupeKey: "e1", ...spoken, platformId: "in1", content }]);
    await digest(store, [{ kind: "edited", dedupeKey: "e2", ...spoken, platformId: "in2", content }]);
    const [, edited, other] = await eventsOf(store);
    assert.deepEqual([edited?.type, edited?.message?.id], ["message.edited", original?.message?.id]);
    const detail = await store.message(original?.message?.id ?? "");
    assert.deepEqual([detail?.message.status, detail?.message.content], ["edited", content]);
    assert.equal((await store.message(other?.message?.id ?? ""))?.message.status, "edited");
  },

  "an older edit that comes late is told, and takes nothing back from a later one": async ({ store }) => {
    await digest(store, [said("in1")]);
    const text = (body: string) => ({ type: "text", text: { body } });
    const edit = (body: string, at: number) =>
      ({
        kind: "edited",
        dedupeKey: `edit ${body}`,
        ...spoken,
        platformId: "in1",
        at,
        content: text(body),
      }) as const;
    await digest(store, [edit("third", start + 300)]);
    await digest(store, [edit("second", start + 200)]);
    await digest(store, [edit("fourth", start + 400)]);
    const told = await eventsOf(store);
    assert.deepEqual(
      told.map((event) => event.type),
      ["message.received", "message.edited", "message.edited", "message.edited"],
    );
    const [{ message } = {}] = told;
    assert.deepEqual((await store.message(message?.id ?? ""))?.message.content, text("fourth"));
    await digest(store, [edit("first", start + 100)]);
    assert.deepEqual((await store.message(message?.id ?? ""))?.message.content, text("fourth"));
  },
};
