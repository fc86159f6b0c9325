import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Loose, Rig } from "./rig.ts";

const rig = new Rig();
let person: Loose;
let bot: Loose;

before(async () => {
  await rig.start();
  [person] = await rig.people("telegram");
  bot = await rig.account("telegram");
});
after(() => rig.remove());

const act = JSON.stringify({ act: "say", text: "Not I" });

async function post(headers: Record<string, string>, path = `/simulator/people/${person.id}/acts`) {
  const answer = await fetch(rig.url + path, { method: "POST", headers, body: act });
  return { status: answer.status, body: (await answer.json()) as Loose };
}

const screen = async () => (await rig.call("GET", `/simulator/people/${person.id}/screen`)).body.messages;

describe("what other sites send to the simulator", () => {
  it("does nothing: a page that is open in a browser cannot act as the simulated people", async () => {
    const json = { "content-type": "application/json" };
    const foreign: Record<string, string>[] = [
      { origin: "http://evil.example", "content-type": "text/plain" },
      { origin: "http://evil.example", ...json },
      { origin: "null", ...json },
      { origin: "http://127.0.0.1:1", ...json },
      { "sec-fetch-site": "cross-site", ...json },
    ];
    for (const headers of foreign) {
      const { status, body } = await post(headers);
      assert.equal(status, 403, JSON.stringify(headers));
      assert.equal(body.code, "cross_site");
      assert.match(body.detail, /may not control the simulator: use the console/);
    }
    const faults = await fetch(`${rig.url}/x/../simulator/faults`, {
      method: "DELETE",
      headers: { origin: "http://evil.example" },
    });
    assert.equal(faults.status, 403);
    assert.deepEqual(await screen(), []);
  });

  it("takes bodies that say that they are JSON, and no text, form or file: those leave a browser unasked", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const { status, body } = await post({ "content-type": type });
      assert.equal(status, 415, type);
      assert.equal(body.code, "unsupported_media_type");
      assert.match(body.detail, /Content-Type: application\/json/);
    }
    assert.deepEqual(await screen(), []);
    const own = { origin: rig.url, "sec-fetch-site": "same-origin" };
    assert.equal((await post({ ...own, "content-type": "Application/JSON; charset=utf-8" })).status, 200);
    assert.equal((await screen()).length, 1);
  });

  it("leaves the platforms' own calls as the platforms are: they take any origin and type", async () => {
    const headers = { origin: "http://evil.example", "content-type": "application/x-www-form-urlencoded" };
    assert.equal((await post(headers, `/bot${bot.token}/getMe`)).status, 200);
  });
});
