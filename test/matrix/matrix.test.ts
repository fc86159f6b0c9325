import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { Stage, staged } from "../support/stage.ts";
import { fixture, fixtureFile, types } from "./fixtures.ts";

/**
 * Every cell of type × platform × policy × kind of header: what is told, called and shown, and what a reply gives.
 * `node scripts/matrix.ts --write` writes the fixtures; the difference is what a reviewer reads.
 */
for (const platform of staged) {
  describe(`the matrix on ${platform}`, () => {
    let stage: Stage;
    before(() => {
      stage = new Stage(platform);
    });
    after(() => stage.close());

    for (const type of types) {
      it(`a ${type} is drawn, shown and answered as the fixture says`, async () => {
        assert.equal(await fixture(stage, type), readFileSync(fixtureFile(platform, type), "utf8"));
      });
    }
  });
}
