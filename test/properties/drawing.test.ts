import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { Stage, staged } from "../support/stage.ts";
import { messages, type Sent } from "./messages.ts";
import { type Played, play } from "./played.ts";
import { unmet } from "./refusals.ts";

/** `ANTIPHON_PROPERTY_RUNS=10000` for the long run, `ANTIPHON_PROPERTY_SEED=…` to see one again. */
const numRuns = Number(process.env.ANTIPHON_PROPERTY_RUNS ?? 300);
/** So many messages meet everything that a platform refuses; fewer may miss the rarest by chance. */
const exhaustiveRun = 50_000;
const anySeed = Math.floor(Math.random() * 2 ** 31);
/** The quick run is the same for everybody; a longer one looks where nobody has looked yet. */
const seed = Number(
  process.env.ANTIPHON_PROPERTY_SEED ?? (process.env.ANTIPHON_PROPERTY_RUNS ? anySeed : 20_261_121),
);

for (const platform of staged) {
  describe(`any valid message on ${platform} (seed ${seed}, ${numRuns} messages)`, () => {
    let stage: Stage;
    before(() => {
      stage = new Stage(platform);
    });
    after(() => stage.close());

    it("is shown whole and answered right, or refused for a committed reason", async (context) => {
      const counts: Record<Played["verdict"], number> = { invalid: 0, rendered: 0, refused: 0 };
      const met = new Set<string>();
      const startedMs = performance.now();
      const property = fc.asyncProperty(messages(await stage.files()), async (sent: Sent) => {
        const played = await play(stage, sent);
        counts[played.verdict]++;
        for (const { type, rule } of played.refused) met.add(`${type}: ${rule}`);
        fc.pre(played.verdict !== "invalid");
        assert.deepEqual(played.faults, []);
      });
      await fc.assert(property, { numRuns, seed });
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      context.diagnostic(`${platform}: ${JSON.stringify(counts)} in ${seconds} s`);
      const missed = unmet(platform, met);
      if (numRuns >= 10_000)
        context.diagnostic(`committed reasons that nothing met: ${missed.join(", ") || "none"}`);
      if (numRuns >= exhaustiveRun) assert.deepEqual(missed, [], "a committed reason that nothing meets");
    });
  });
}
