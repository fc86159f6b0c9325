import assert from "node:assert/strict";
import type { Event } from "../../core/event.ts";
import { type Cases, channelId, start } from "./harness.ts";

const told: Omit<Event, "id"> = {
  type: "channel.paused",
  timestamp: new Date(start).toISOString(),
  channel: { id: channelId, platform: "whatsapp" },
};

/** Changes of a channel that are judged by what is stored of it. */
export const channelChangeCases: Cases = {
  "a change is judged by what is stored then, with its app, and is stored with what is told of it or not at all":
    async ({ store }) => {
      const app = { id: "app-1", provider: "meta" as const, appId: "2001", name: "App", createdAt: start };
      await store.addApp({ ...app, secrets: ["the app's secret"], verifyToken: "v" });
      await store.updateChannel(channelId, { appId: "app-1" });
      const pause = (token: string) =>
        store.changeChannel(channelId, {
          changeOf: (now, of) =>
            now.credentials.token === token && of?.secrets[0] === "the app's secret"
              ? { paused: true }
              : undefined,
          eventOf: () => told,
        });
      await store.updateChannel(channelId, { credentials: { token: "newer" } });
      const none = await pause("t");
      assert.deepEqual([none?.isChanged, none?.after.paused], [false, false]);
      assert.deepEqual(await store.eventsAfter(0, 10), []);
      const both = await Promise.all([pause("newer"), store.updateChannel(channelId, { paused: false })]);
      assert.deepEqual([both[0]?.before.paused, both[0]?.after.paused], [false, true]);
      assert.equal((await store.channels())[0]?.paused, false, "the later change stands");
      assert.equal((await store.eventsAfter(0, 10))[0]?.event.type, "channel.paused");
      await assert.rejects(
        store.changeChannel(channelId, {
          changeOf: () => ({ name: "Other" }),
          eventOf: () => assert.fail("it cannot be told"),
        }),
      );
      assert.equal((await store.channels())[0]?.name, "Shop");
    },

  "of a channel that was removed nothing is changed": async ({ store }) => {
    await store.removeChannel(channelId, start);
    const changed = await store.changeChannel(channelId, { changeOf: () => assert.fail("it was asked") });
    assert.equal(changed, undefined);
  },
};
