import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { screenOfCalls } from "../console/src/phones/screen-of-calls.ts";
import { screenOfSimulator } from "../console/src/phones/screen-of-simulator.ts";
import { refusals } from "../src/core/adaptation.ts";
import type { Policy } from "../src/core/message.ts";
import type { Rendering } from "../src/core/platform.ts";
import { type ExampleToSee, examplesToSee } from "./support/examples-to-see.ts";
import { isEmpty, seen } from "./support/seen.ts";
import { Stage, staged, token } from "./support/stage.ts";

const policies: readonly Policy[] = ["none", "lossless", "best_effort"];

/**
 * The phones of Compose are drawn from calls and never see a screen; those of the simulator are drawn from a screen and
 * never see a call. What both show of a message must be the same: texts, options, their order and their place.
 */
for (const platform of staged) {
  describe(`the phones of Compose and of the simulator agree on ${platform}`, () => {
    let stage: Stage;
    before(() => {
      stage = new Stage(platform);
    });
    after(() => stage.close());

    for (const policy of policies) {
      for (const { name, ...example } of examplesToSee()) {
        it(`under ${policy}: ${name}`, async () => {
          const { calls, screen } = await shown(stage, { ...example, policy });
          const drawn = seen(screenOfCalls(platform, calls));
          assert.deepEqual(drawn, seen(screenOfSimulator(platform, screen)));
          assert.equal(isEmpty(drawn), calls.length === 0);
        });
      }
    }
  });
}

interface Sending extends Omit<ExampleToSee, "name"> {
  policy: Policy;
}

/** What is called for the message, if anything is, and what stands on the screen then. */
async function shown(stage: Stage, { content, options = {}, policy, quotes: isAnswer }: Sending) {
  return stage.scene(async (greeting) => {
    const quotes = isAnswer || "reaction" in content ? greeting : undefined;
    const rendering = stage.platform.render(content, {
      to: stage.to,
      chat: "private",
      token,
      options,
      quotes,
    });
    const sent = refusals(rendering.adaptation, policy).length === 0;
    const calls: Rendering["calls"] = sent ? rendering.calls : [];
    const outcomes = stage.send(content, { ...rendering, calls });
    assert.ok(outcomes.every(({ kind }) => kind === "accepted"));
    return { calls, screen: stage.everything() };
  });
}
