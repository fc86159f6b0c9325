import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Inbox, type Loose, Rig } from "./rig.ts";

let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
const inbox = new Inbox();

before(async () => {
  await rig.start();
  await inbox.open();
});
after(async () => {
  await inbox.close();
  await rig.remove();
});

const judge = (account: Loose, wish: object) =>
  rig.call("POST", `/simulator/accounts/${account.id}/standing`, wish);

async function subscribed(platform: string, object: string, fields: string[]): Promise<Loose> {
  const account = await rig.account(platform);
  const { app_id, app_secret } = account;
  const body = { object, callback_url: inbox.url, verify_token: "verify-me", fields };
  const answer = await rig.call("POST", `/v25.0/${app_id}/subscriptions`, body, `${app_id}|${app_secret}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return account;
}

test("whatsapp refuses what a barred account sends, by the code of why, and tells it where that field is subscribed", async () => {
  const account = await subscribed("whatsapp", "whatsapp_business_account", ["messages", "account_update"]);
  await rig.call("POST", `/v25.0/${account.waba_id}/subscribed_apps`, undefined, account.token);
  const [ana] = await rig.people("whatsapp");
  await rig.act(ana, { act: "say", text: "hi" });
  await inbox.first(1);
  const message = { messaging_product: "whatsapp", to: ana.address, text: { body: "x" } };
  const send = async () => {
    const { status, body } = await rig.call("POST", `/v25.0/${account.id}/messages`, message, account.token);
    return [status, body.error?.code];
  };
  const told = async (count: number) => (await inbox.first(count)).slice(1).map(({ body }) => body.entry[0]);
  const ends = now + 60_000;
  await judge(account, { standing: "restricted", expires_in_seconds: 60 });
  assert.deepEqual(await send(), [403, 368]);
  const [restricted] = await told(2);
  assert.deepEqual(restricted, {
    id: account.waba_id,
    time: now / 1000,
    changes: [
      {
        field: "account_update",
        value: {
          event: "ACCOUNT_RESTRICTION",
          restriction_info: [
            { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: ends / 1000 },
            { restriction_type: "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", expiration: ends / 1000 },
          ],
        },
      },
    ],
  });
  now = ends;
  assert.deepEqual(await send(), [200, undefined]);
  await judge(account, { standing: "unregistered" });
  assert.deepEqual(await send(), [400, 133010]);
  await judge(account, { standing: "disabled", told: false });
  assert.deepEqual(await send(), [403, 131031]);
});

test("a page tells a block, an Instagram account only refuses, Telegram knows nothing of it", async () => {
  const from = inbox.posts.length;
  const page = await subscribed("messenger", "page", ["messages", "messaging_policy_enforcement"]);
  const fields = "messages,messaging_policy_enforcement";
  await rig.call("POST", `/v25.0/${page.id}/subscribed_apps`, { subscribed_fields: fields }, page.token);
  await judge(page, { standing: "disabled" });
  const isTold = ({ body }: Loose) => body.entry[0].messaging?.[0]?.policy_enforcement?.action === "block";
  for (let count = from + 1; !inbox.posts.some(isTold); count++) await inbox.first(count);
  const instagram = await rig.account("instagram");
  await judge(instagram, { standing: "disabled" });
  for (const account of [page, instagram]) {
    const [ana] = await rig.people(account.platform);
    const message = {
      recipient: { id: ana.address },
      messaging_type: "RESPONSE",
      message: { text: "x" },
    };
    const { status, body } = await rig.call("POST", `/v25.0/${account.id}/messages`, message, account.token);
    assert.deepEqual([status, body.error.code, body.error.error_subcode], [403, 10, 1893063]);
  }
  assert.equal((await judge(await rig.account("telegram"), { standing: "disabled" })).status, 409);
  assert.equal((await judge(page, { standing: "odd" })).status, 422);
});
