import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Inbox, type Loose, Rig } from "./rig.ts";

/** The folder as it was when each WhatsApp account had an app of its own, and there were two platforms. */
function age(dataDir: string): { app_id: string; app_secret: string } {
  const app = { app_id: "670840000000001", app_secret: "0123456789abcdef0123456789abcdef" };
  const database = new DatabaseSync(join(dataDir, "simulator.db"));
  const { doc } = database.prepare("SELECT doc FROM accounts WHERE platform = 'whatsapp'").get() as Loose;
  const account = JSON.parse(doc);
  const { app_id: _id, ...shown } = account.shown;
  account.shown = { ...shown, app_secret: app.app_secret };
  account.state = { ...account.state, ...app };
  database.prepare("UPDATE accounts SET doc = ? WHERE platform = 'whatsapp'").run(JSON.stringify(account));
  database.exec(`DELETE FROM accounts WHERE platform IN ('messenger', 'instagram');
    DELETE FROM people WHERE platform IN ('messenger', 'instagram'); DELETE FROM notes`);
  database.close();
  return app;
}

test("a folder from before Meta apps keeps its WhatsApp app, and the new platforms join it", async () => {
  const rig = await new Rig().start();
  await rig.stop();
  const app = age(rig.dataDir);
  await rig.start();
  const page = await rig.account("messenger");
  assert.deepEqual([page.app_id, page.app_secret], [app.app_id, app.app_secret]);
  assert.equal((await rig.people("messenger")).length, 2);
  const inbox = await new Inbox().open();
  const number = await rig.account("whatsapp");
  const subscriptions = `/v25.0/${app.app_id}/subscriptions`;
  const wish = { callback_url: inbox.url, verify_token: "verify-me", fields: "messages" };
  const token = `${app.app_id}|${app.app_secret}`;
  for (const object of ["whatsapp_business_account", "page"]) {
    const answer = await rig.call("POST", subscriptions, { object, ...wish }, token);
    assert.deepEqual(answer.body, { success: true });
  }
  await rig.call("POST", `/v25.0/${number.waba_id}/subscribed_apps`, undefined, number.token);
  const [ana] = await rig.people("whatsapp");
  await rig.act(ana, { act: "say", text: "still here" });
  const [post] = await inbox.first(1);
  assert.equal(post?.body.entry[0].changes[0].value.messages[0].text.body, "still here");
  await inbox.close();
  await rig.remove();
});
