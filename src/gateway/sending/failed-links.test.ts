import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { FailedLinks } from "./failed-links.ts";

test("of very many failed links the newest thousand are remembered", () => {
  const links = new FailedLinks(new FakeClock());
  for (let index = 0; index < 1_500; index++) links.add(`link ${index}`, { reason: "gone" });
  assert.deepEqual([links.get("link 499"), links.get("link 500")], [undefined, { reason: "gone" }]);
  links.add("link 500", { reason: "gone again" });
  links.add("link 1500", { reason: "gone" });
  assert.deepEqual([links.get("link 501"), links.get("link 500")], [undefined, { reason: "gone again" }]);
});
