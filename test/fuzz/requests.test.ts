import assert from "node:assert/strict";
import { test } from "node:test";
import { isFaultless } from "../../src/core/faultless.ts";
import { contentFindings, requestProblems } from "../../src/core/findings.ts";
import { extent, type Json } from "../../src/core/json.ts";
import { sendShape } from "../../src/core/message-shape.ts";
import { normalise } from "../../src/core/normalise.ts";
import { replyCarousel, samples, urlCarousel } from "../../src/core/samples.ts";
import { checkStructure, fitsStructure } from "../../src/core/structure.ts";
import { Chance } from "./chance.ts";
import { mutated, mutateTree } from "./mutate.ts";
import { again, runs, seed } from "./run.ts";

const around = {
  metadata: { order: "7" },
  options: { labels: { select: "Pick" } },
  context: { message_id: "msg_1" },
  ttl_seconds: 60,
};
const contents = [...Object.values(samples()), replyCarousel(3, 3), urlCarousel(3)];
const alikeButForCase = ["Yes", "YES"].map((title, id) => ({ type: "reply", reply: { id: `${id}`, title } }));
const odd = [
  { interactive: { type: "button", body: { text: "Well?" }, action: { buttons: alikeButForCase } } },
  { text: { body: "x".repeat(4097) } },
  {
    interactive: {
      type: "button",
      body: { text: "\u2003\u2003" },
      action: { buttons: alikeButForCase.slice(1) },
    },
  },
].map((content) => ({ from: "channel", to: "+16505551234", content }));
const plain = contents.map((content) => ({ from: "channel", to: "+16505551234", content }));
const requests = [...odd, ...plain, ...plain.map((request) => ({ ...request, ...around }))];

/** What a walk with words finds, whether or not the short one has found that there is nothing. */
function found(request: { content?: unknown }) {
  const findings = contentFindings(request.content, "/content", checkStructure(sendShape, request, ""));
  return [...findings.problems, ...requestProblems(request, findings.problems), ...findings.warnings];
}

test("a request that is let through without words has nothing that words could be about, however it was changed", (t) => {
  t.diagnostic(`ANTIPHON_FUZZ_SEED=${seed}`);
  const chance = new Chance(seed);
  let faultless = 0;
  for (let index = 0; index < runs; index++) {
    const [one, other] = [chance.of(requests), chance.of(requests)].map((it) => structuredClone(it) as Json);
    const written = (chance.once(50) ? one : mutateTree(chance, one!, other!)) as { content?: unknown };
    const request = { ...written, content: normalise(written?.content, "/content").content };
    const said = again(t.name, index, JSON.stringify(request));
    const structural = checkStructure(sendShape, request, "");
    assert.equal(fitsStructure(sendShape, request), structural.length === 0, said);
    if (!isFaultless(sendShape, request)) continue;
    faultless++;
    assert.deepEqual(found(request), [], said);
  }
  assert.ok(faultless > runs / 100, `${faultless} of ${runs} were let through`);
});

test("every ordinary request is let through without words", () => {
  for (const request of plain) {
    const { content } = normalise(request.content, "/content");
    assert.ok(isFaultless(sendShape, { ...request, content }), JSON.stringify(request));
  }
});

test("a text is measured alike whether or not something in it is escaped", () => {
  const chance = new Chance(seed);
  const texts = requests.map((request) => JSON.stringify(request)).filter((text) => !text.includes("\\"));
  for (let index = 0; index < runs / 10; index++) {
    const text = mutated(chance, chance.of(texts), chance.of(texts)).replaceAll("\\", "");
    const { depth, values, keys } = extent(text);
    // Before it, where no quote that is left open can reach it.
    const escaped = extent(`"\\n"${text}`);
    assert.deepEqual(escaped, { depth, values, keys }, again("extent", index, text));
  }
});
