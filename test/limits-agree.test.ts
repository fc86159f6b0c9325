import assert from "node:assert/strict";
import { test } from "node:test";
import { type SizeLimit, sizeLimits } from "../src/core/limits.ts";
import type { Content, MessageType } from "../src/core/message.ts";
import { isBounded, resized } from "../src/core/resized-samples.ts";
import { samples } from "../src/core/samples.ts";
import { instagram } from "../src/platforms/instagram/index.ts";
import { rules as instagramRules } from "../src/platforms/instagram/simulator/rules.ts";
import { messenger } from "../src/platforms/messenger/index.ts";
import { rules as messengerRules } from "../src/platforms/messenger/simulator/rules.ts";
import { checkMessage as checkSent } from "../src/platforms/meta/simulator/messaging/check-message.ts";
import { whatsapp } from "../src/platforms/whatsapp/index.ts";
import { checkMessage } from "../src/platforms/whatsapp/simulator/check-message.ts";

/**
 * Two readings of the same documents: the gateway's limits, and the simulator's, which were written apart. What one
 * takes at its limit the other must take, and what is one over both must refuse.
 */
function simulatorRefuses(content: Content): string | undefined {
  const context = {
    to: "+15550101001",
    chat: "private",
    token: "t",
    options: {},
    quotes: "wamid.A",
  } as const;
  const { calls } = whatsapp.render(content, context);
  assert.equal(calls.length, 1);
  try {
    checkMessage(structuredClone(calls[0]!.body!), () => true);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

for (const [type, limits] of Object.entries(sizeLimits) as [MessageType, readonly SizeLimit[]][]) {
  test(`whatsapp's simulator takes a plain ${type}`, () => {
    assert.equal(simulatorRefuses(samples()[type]), undefined);
  });

  for (const limit of limits.filter((each) => isBounded(type, each))) {
    const place = `${type}${limit.at} (${limit.unit ?? "value"})`;
    test(`whatsapp's simulator takes ${limit.max} at ${place}`, () => {
      assert.equal(simulatorRefuses(resized(type, limit, limit.max!).content), undefined);
    });
    test(`whatsapp's simulator refuses ${limit.max! + 1} at ${place}`, () => {
      assert.notEqual(simulatorRefuses(resized(type, limit, limit.max! + 1).content), undefined);
    });
  }
}

/** What Messenger and Instagram show as no message: refused, or a reaction. */
const messageless = ["address_message", "flow", "reaction"];

/** What our limits let through, the simulators of Messenger and Instagram take in every one of its calls. */
for (const [platform, rules] of [
  [messenger, messengerRules],
  [instagram, instagramRules],
] as const) {
  for (const [type, limits] of Object.entries(sizeLimits) as [MessageType, readonly SizeLimit[]][]) {
    if (messageless.includes(type)) continue;
    test(`${platform.name}'s simulator takes a ${type} of every size`, () => {
      const sizes = limits.filter((limit) => isBounded(type, limit) && limit.max !== undefined);
      const largest = sizes.map((limit) => resized(type, limit, limit.max!).content);
      for (const content of [samples()[type], ...largest]) {
        for (const button of ["quick_replies", "template"] as const) {
          const context = {
            to: "1",
            chat: "private",
            token: "t",
            options: { instagram: { button } },
          } as const;
          const messages = platform
            .render(content, context)
            .calls.flatMap(({ body }) => (body?.message === undefined ? [] : structuredClone(body.message)));
          assert.ok(messages.length > 0);
          for (const message of messages) checkSent(message, { rules, knows: () => true });
        }
      }
    });
  }
}
