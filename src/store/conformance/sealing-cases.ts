import assert from "node:assert/strict";
import { type Cases, channel, endpoint, keyring, newMessage, start } from "./harness.ts";

const at = start + 10;
const secrets = ["TOKEN", "HOOK", "APP", "VERIFY", "whsec_SIGN", "ANSWERED", "KEPT"].map(
  (name) => `${name}-canary-7f3`,
);
const [token, hook, appSecret, verify, signing, answered, kept] = secrets as [string, ...string[]];

export const sealingCases: Cases = {
  "secrets are on disk under no spelling, and come back as they were": async (opened) => {
    const { store } = opened;
    const app = { id: "app-1", provider: "meta" as const, appId: "2001", name: "App", createdAt: start };
    await store.addApp({ ...app, secrets: [appSecret!], verifyToken: verify! });
    const sealed = channel({
      id: "sealed",
      naturalId: "9",
      credentials: { access_token: token },
      webhookSecret: hook!,
    });
    await store.addChannel(sealed);
    await store.addEndpoint(endpoint({ secret: signing! }));
    const request = { scope: "scope", fingerprint: "f", expiresAt: at + 1000 };
    await store.claimKey(request, at);
    await store.keepAnswer("scope", { status: 201, contentType: "text/plain", body: answered! });
    const answer = { status: 202, contentType: "text/plain", body: kept! };
    await store.acceptMessage(newMessage({ keyed: { ...request, scope: "sent", answer } }));
    const found: string[] = [];
    for (const secret of secrets) {
      const bytes = Buffer.from(secret);
      for (const spelling of [secret, bytes.toString("base64").slice(0, -4), bytes.toString("hex")])
        if (await opened.holds(spelling)) found.push(spelling);
    }
    assert.deepEqual(found, []);
    const again = await opened.reopen();
    assert.deepEqual(
      (await again.channels()).find(({ id }) => id === "sealed"),
      sealed,
    );
    assert.deepEqual((await again.apps())[0]?.secrets, [appSecret]);
    assert.equal((await again.apps())[0]?.verifyToken, verify);
    assert.equal((await again.endpoints())[0]?.secret, signing);
    assert.equal((await again.keyedRequest("scope", at))?.answer?.body, answered);
    assert.equal((await again.keyedRequest("sent", at))?.answer?.body, kept);
  },

  "a change of the master key to the one in force is refused": async ({ store }) => {
    await assert.rejects(store.changeMasterKey(), { code: "conflict", message: /is the one in force/ });
    assert.equal((await store.sealing()).masterKey, keyring.read()[0]?.name);
    assert.equal(await store.resealSome(10), true);
  },
};
