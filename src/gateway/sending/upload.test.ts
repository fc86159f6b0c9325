import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Agent } from "undici";
import { eventually } from "../../../test/support/eventually.ts";
import { FakeClock, realClock } from "../../../test/support/fake-clock.ts";
import { certificate, FileHost } from "../../../test/support/file-host.ts";
import type { Upload } from "../../core/platform.ts";
import { guardedAgent } from "../guard.ts";
import { Transport } from "../transport.ts";
import { Uploads } from "./upload.ts";

const bytes = new TextEncoder().encode("a picture");
const maxBytes = 1024 * 1024;
const wish = { channelId: "channel", givenUp: new AbortController().signal };

let host: FileHost;
const transport = new Transport(new Agent({ connect: { ca: certificate } }));
before(async () => {
  host = await FileHost.listen({
    "/photo.jpg": { mimeType: "image/png; charset=binary", bytes },
    "/nameless": { mimeType: "image/webp", bytes },
    "/price%20list.pdf": { mimeType: "application/octet-stream", bytes },
    "/untold.mp4": { bytes },
    "/what.xyz": { bytes },
    "/page.html": { mimeType: "text/html", bytes },
    "/login": { mimeType: "text/html; charset=utf-8", bytes },
    "/empty.jpg": { mimeType: "image/jpeg", bytes: new Uint8Array() },
    "/exact.jpg": { mimeType: "image/jpeg", bytes: new Uint8Array(maxBytes) },
    "/large.jpg": { mimeType: "image/jpeg", bytes: new Uint8Array(maxBytes + 1) },
    "/untold-size.jpg": (response) => {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.write(new Uint8Array(maxBytes));
      response.end(new Uint8Array(1));
    },
    "/broken.jpg": (response) => {
      response.writeHead(200, { "content-type": "image/jpeg", "content-length": "100" });
      response.write("half", () => response.destroy());
    },
    "/slow.jpg": (response) => void response.writeHead(200).write("a"),
    "/moved.jpg": { status: 302, location: "/photo.jpg" },
    "/circle.jpg": { status: 307, location: "/circle.jpg" },
    "/plain.jpg": { status: 301, location: "http://127.0.0.1:9/photo.jpg" },
    "/nowhere.jpg": { status: 301, location: "https://" },
  });
});
after(async () => {
  await transport.close();
  await host[Symbol.asyncDispose]();
});

async function fetched(
  path: string,
  { uploads = new Uploads(transport, realClock()), field = "photo" } = {},
) {
  const source = { field, link: host.link(path), maxBytes };
  return uploads.run(source, wish, async (upload: Upload) => upload);
}

describe("a linked file comes", () => {
  const files: [title: string, path: string, name: string, mimeType: string][] = [
    ["with the type that its host tells, whatever its name says", "/photo.jpg", "photo.jpg", "image/png"],
    ["with the type of its name where the host tells none", "/untold.mp4", "untold.mp4", "video/mp4"],
    [
      "with the type of its name where the host calls it bytes",
      "/price%20list.pdf",
      "price list.pdf",
      "application/pdf",
    ],
    ["as bytes where nothing tells more", "/what.xyz", "what.xyz", "application/octet-stream"],
    ["without what follows the name in its link", "/photo.jpg?token=1", "photo.jpg", "image/png"],
    ["by a redirect, under the name of the link", "/moved.jpg", "moved.jpg", "image/png"],
    ["as a page where its name says that it is one", "/page.html", "page.html", "text/html"],
  ];
  for (const [title, path, name, mimeType] of files) {
    it(title, async () => {
      const outcome = await fetched(path);
      assert.ok(outcome.kind === "sent", JSON.stringify(outcome));
      assert.deepEqual(outcome.result, { field: "photo", name, mimeType, bytes });
    });
  }

  it("under the name of its field where its link has none", async () => {
    const source = { field: "photo", link: host.link("/"), maxBytes };
    await using root = await FileHost.listen({ "/": { mimeType: "image/png", bytes } });
    const outcome = await new Uploads(transport, realClock()).run(
      { ...source, link: root.link("/") },
      wish,
      async ({ name }) => name,
    );
    assert.deepEqual(outcome, { kind: "sent", result: "photo" });
  });

  it("at its largest", async () => {
    const outcome = await fetched("/exact.jpg");
    assert.ok(outcome.kind === "sent" && outcome.result.bytes.length === maxBytes);
  });
});

describe("a linked file does not come, and it is told", () => {
  const failures: [title: string, path: string, reason: RegExp][] = [
    ["that it is missing", "/missing.jpg", /^its host answered HTTP 404$/],
    ["that it is too large by its length", "/large.jpg", /^it is larger than the 1 MB that can be uploaded$/],
    ["that it is too large by its bytes", "/untold-size.jpg", /^it is larger than the 1 MB/],
    ["that it is empty", "/empty.jpg", /^it is an empty file$/],
    ["that it is a web page", "/login", /^it is a web page$/],
    ["that it broke off", "/broken.jpg", /^its host gave no answer \(/],
    ["that it goes in circles", "/circle.jpg", /^it redirects more than 5 times$/],
    ["that it leaves https", "/plain.jpg", /^it redirects to something other than https$/],
    ["that it redirects nowhere", "/nowhere.jpg", /^it redirects to something other than https$/],
  ];
  for (const [title, path, reason] of failures) {
    it(title, async () => {
      const outcome = await fetched(path);
      assert.ok(outcome.kind === "failed", JSON.stringify(outcome));
      assert.match(outcome.reason, reason);
      assert.doesNotMatch(JSON.stringify(outcome), /127\.0\.0\.1/);
    });
  }

  it("that it did not come in time", async () => {
    const outcome = await fetched("/slow.jpg", { uploads: new Uploads(transport, realClock(), 200) });
    assert.deepEqual(outcome, { kind: "failed", reason: "it did not come in time" });
  });

  it("that its host is in a private network, and no byte left for it", async () => {
    const guarded = new Transport(guardedAgent(false));
    const asked = host.requests.length;
    const outcome = await fetched("/photo.jpg", { uploads: new Uploads(guarded, realClock()) });
    await guarded.close();
    assert.ok(outcome.kind === "failed");
    assert.match(outcome.reason, /private network/);
    assert.match(outcome.hint!, /ANTIPHON_ALLOW_PRIVATE_ENDPOINTS=true/);
    assert.equal(host.requests.length, asked);
  });
});

it("a linked file that the stopping gateway interrupts is for the next start", async () => {
  const stop = new AbortController();
  const slow = await FileHost.listen({
    "/slow.jpg": (response) => {
      response.writeHead(200).write("a");
      stop.abort();
    },
  });
  const source = { field: "photo", link: slow.link("/slow.jpg"), maxBytes };
  const uploads = new Uploads(transport, realClock());
  const outcome = await uploads.run(source, { ...wish, givenUp: stop.signal }, async () =>
    assert.fail("was sent"),
  );
  assert.deepEqual(outcome, { kind: "stopped" });
  await slow[Symbol.asyncDispose]();
});

it("a linked file that waits for its place when the gateway stops is for the next start", async () => {
  const uploads = new Uploads(transport, realClock());
  const stop = new AbortController();
  const release = Promise.withResolvers<void>();
  const source = { field: "photo", link: host.link("/photo.jpg"), maxBytes };
  let held = 0;
  const inside = Array.from({ length: 2 }, () =>
    uploads.run(source, wish, async () => {
      held++;
      await release.promise;
    }),
  );
  await eventually("two files held", async () => held === 2 || undefined);
  const waiting = uploads.run(source, { ...wish, givenUp: stop.signal }, async () => assert.fail("was sent"));
  stop.abort();
  assert.equal((await waiting).kind, "stopped");
  release.resolve();
  await Promise.all(inside);
  const after = await uploads.run(source, wish, async ({ name }) => name);
  assert.deepEqual(after, { kind: "sent", result: "photo.jpg" }, "its place was given back");
});

it("only a few linked files are held at a time", async () => {
  await using busy = await FileHost.listen({ "/photo.jpg": { mimeType: "image/jpeg", bytes } });
  const uploads = new Uploads(transport, realClock());
  const source = { field: "photo", link: busy.link("/photo.jpg"), maxBytes };
  const release = Promise.withResolvers<void>();
  let held = 0;
  const all = Array.from({ length: 9 }, () =>
    uploads.run(source, wish, async () => {
      held++;
      await release.promise;
    }),
  );
  await eventually("two files held", async () => held === 2 || undefined);
  assert.equal(busy.requests.length, 2);
  release.resolve();
  assert.deepEqual(new Set((await Promise.all(all)).map(({ kind }) => kind)), new Set(["sent"]));
  assert.equal(busy.requests.length, 9);
});

it("a link that gave no file is not asked again for a minute, however many wait for it", async () => {
  await using gone = await FileHost.listen({});
  const clock = new FakeClock();
  const uploads = new Uploads(transport, clock);
  const source = { field: "photo", link: gone.link("/photo.jpg"), maxBytes };
  const ask = () => uploads.run(source, wish, async () => assert.fail("was sent"));
  const failed = { kind: "failed", reason: "its host answered HTTP 404" };
  const all = await Promise.all(Array.from({ length: 20 }, ask));
  assert.deepEqual(all, Array(20).fill(failed));
  assert.equal(gone.requests.length, 2, "the two that had a place");
  clock.advance(59_999);
  assert.deepEqual([await ask(), gone.requests.length], [failed, 2]);
  clock.advance(1);
  assert.deepEqual([await ask(), gone.requests.length], [failed, 3]);
});
