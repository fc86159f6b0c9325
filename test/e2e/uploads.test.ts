import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Chat } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { certificateFile, FileHost } from "../support/file-host.ts";
import type { Json } from "../support/seeds.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const megabyte = 1024 * 1024;
const photo = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);

let host: FileHost;
let stack: Stack;
let endpoint: Endpoint;
before(async () => {
  host = await FileHost.listen({
    "/photo.jpg": { mimeType: "image/jpeg", bytes: photo },
    "/film.mp4": { mimeType: "video/mp4", bytes: photo },
    "/offer.docx": { mimeType: "application/vnd.openxmlformats", bytes: photo },
    "/song.mp3": { mimeType: "audio/mpeg", bytes: photo },
    "/note.ogg": { mimeType: "audio/ogg", bytes: photo },
    "/smile.webp": { mimeType: "image/webp", bytes: photo },
    "/moved.jpg": { status: 302, location: "/photo.jpg" },
    "/large.jpg": { mimeType: "image/jpeg", bytes: new Uint8Array(11 * megabyte) },
    "/largest.mp4": { mimeType: "video/mp4", bytes: new Uint8Array(50 * megabyte) },
  });
  stack = await startStack({
    env: {
      LOG_LEVEL: "info",
      ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true",
      NODE_EXTRA_CA_CERTS: certificateFile,
    },
  });
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
  await host?.[Symbol.asyncDispose]();
});

const open = () => Chat.open(stack, endpoint, "telegram");

/** What Telegram keeps under a file_id of the person's bot. */
async function kept(chat: Chat, fileId: string): Promise<Uint8Array> {
  const { json: accounts } = await stack.simulate("GET", "/accounts");
  const { token } = accounts.data.find((account: Json) => account.id === chat.person.channel);
  const file = await fetch(`${stack.simulatorUrl}/bot${token}/getFile?file_id=${fileId}`);
  const { result } = (await file.json()) as Json;
  const bytes = await fetch(`${stack.simulatorUrl}/file/bot${token}/${result.file_path}`);
  return new Uint8Array(await bytes.arrayBuffer());
}

describe("a file that Telegram cannot fetch goes up instead", () => {
  const files: [type: string, path: string, more: Json, shownAs: string, filename?: string][] = [
    ["image", "/photo.jpg", { caption: "*Our* shop" }, "image"],
    ["image", "/moved.jpg", {}, "image"],
    ["video", "/film.mp4", { caption: "A film" }, "video", "film.mp4"],
    ["document", "/offer.docx", {}, "document", "offer.docx"],
    ["audio", "/song.mp3", {}, "audio", "song.mp3"],
    ["audio", "/note.ogg", { voice: true }, "voice"],
    ["sticker", "/smile.webp", {}, "sticker"],
  ];
  for (const [type, path, more, shownAs, filename] of files) {
    it(`as ${shownAs}: ${path}`, async () => {
      const chat = await open();
      await chat.sent({ [type]: { link: host.link(path), ...more } });
      const [shown, ...others] = await chat.shown();
      assert.deepEqual(others, []);
      const { id, ...media } = shown!.media;
      assert.deepEqual(media, { type: shownAs, ...(filename ? { filename } : {}) });
      assert.equal(shown!.text, more.caption?.replaceAll("*", ""));
      assert.deepEqual(await kept(chat, id), photo);
    });
  }

  it("with the buttons under it, and a tap on them comes back", async () => {
    const chat = await open();
    const header = { type: "image", image: { link: host.link("/photo.jpg") } };
    const buttons = [{ type: "reply", reply: { id: "YES", title: "Yes" } }];
    const interactive = { type: "button", header, body: { text: "Open on *Sunday*?" }, action: { buttons } };
    await chat.sent({ interactive });
    const shown = await chat.lastShown();
    assert.equal(shown.text, "Open on Sunday?");
    assert.equal(shown.media.type, "image");
    assert.equal(shown.media.link, undefined);
    const { message } = await chat.hears({ act: "tap", message: shown.id, button: "Yes" });
    assert.deepEqual(message.interactive.button_reply, { id: "YES", title: "Yes" });
  });

  it("and the message tells both attempts, and no step: nothing about it changed", async () => {
    const chat = await open();
    const answer = await chat.send({ image: { link: host.link("/photo.jpg") } });
    assert.deepEqual(answer.json.adaptation, { fidelity: "native", steps: [] });
    const { calls } = await chat.left(answer.json.id);
    assert.equal(calls.length, 1);
    assert.deepEqual([calls[0].state, calls[0].tries, calls[0].problem], ["accepted", 2, undefined]);
    const [byLink, upload, ...others] = calls[0].attempts;
    assert.deepEqual(others, []);
    assert.deepEqual([byLink.outcome, byLink.http_status], ["rejected", 400]);
    assert.match(byLink.problem.message, /failed to get HTTP URL content/);
    assert.deepEqual([upload.outcome, upload.http_status, upload.problem], ["accepted", 200, undefined]);
    await eventually("the log's line", async () =>
      stack.stderr.includes("sent the file instead of its link") ||
      stack.stdout.includes("instead of its link")
        ? true
        : undefined,
    );
  });

  it("at 50 MB", async () => {
    const chat = await open();
    await chat.sent({ video: { link: host.link("/largest.mp4") } });
    assert.equal((await chat.lastShown()).media.type, "video");
  });
});

/** The problem of a message that comes to nothing. */
async function refused(chat: Chat, content: Json): Promise<Json> {
  const { json } = await chat.send(content);
  const event = await chat.endpoint.next("the failure", (one) => one.message?.id === json.id);
  assert.equal(event.type, "message.failed");
  assert.deepEqual(await chat.shown(), []);
  return event.message.problem;
}

describe("a file that can neither be fetched nor go up fails its message with both reasons", () => {
  const failures: [title: string, path: string, reason: RegExp][] = [
    ["a photo of 11 MB", "/large.jpg", /instead: it is larger than the 10 MB that can be uploaded\.$/],
    ["a photo that is not there", "/none.jpg", /instead: its host answered HTTP 404\.$/],
  ];
  for (const [title, path, reason] of failures) {
    it(title, async () => {
      const problem = await refused(await open(), { image: { link: host.link(path) } });
      assert.equal(problem.code, "400");
      assert.match(
        problem.message,
        /^Bad Request: failed to get HTTP URL content\. It could not be uploaded/,
      );
      assert.match(problem.message, reason);
      assert.ok(problem.hint);
    });
  }

  it("and what came after it in the message is not sent", async () => {
    const chat = await open();
    const interactive = {
      type: "cta_url",
      header: { type: "image", image: { link: host.link("/large.jpg") } },
      body: { text: "Much to say. ".repeat(78).trim() },
      footer: { text: "And more, if you read on" },
      action: { name: "cta_url", parameters: { display_text: "Open", url: "https://example.com/" } },
    };
    const { status, json, text } = await chat.send({ interactive });
    assert.equal(status, 202, text);
    await chat.endpoint.next("the failure", (event) => event.message?.id === json.id);
    const { calls } = (await stack.call("GET", `/v1/messages/${json.id}`)).json;
    assert.deepEqual(
      calls.map(({ state }: Json) => state),
      ["rejected", "skipped"],
    );
    assert.deepEqual(await chat.shown(), []);
  });
});

it("a file in a private network stays there unless it is allowed, and the problem tells how", async () => {
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const env = { NODE_EXTRA_CA_CERTS: certificateFile };
  const gateway = await startStack({ command: "serve", from: first, env });
  const [person] = (await simulator.people("telegram")) as [Person];
  const asked = host.requests.length;
  const content = { image: { link: host.link("/photo.jpg") } };
  const { json } = await gateway.call("POST", "/v1/messages", {
    from: person.channel,
    to: person.address,
    content,
  });
  const { problem } = await eventually("the failure", async () => {
    const message = (await gateway.call("GET", `/v1/messages/${json.id}`)).json;
    return message.status === "failed" ? message : undefined;
  });
  assert.match(
    problem.message,
    /instead: its host is in a private network, which this gateway stays out of\.$/,
  );
  assert.match(problem.hint, /ANTIPHON_ALLOW_PRIVATE_ENDPOINTS=true/);
  assert.equal(host.requests.length, asked, "nobody asked for it");
  assert.deepEqual(
    (await simulator.screen(person)).filter(({ from }) => from === "business"),
    [],
  );
  await gateway.stop();
});
