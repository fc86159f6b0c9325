import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../src/core/json.ts";
import type { Content, InboundContent } from "../../src/core/message.ts";
import type {
  Access,
  Call,
  Outcome,
  Platform,
  PlatformEvent,
  PlatformName,
  Rendering,
} from "../../src/core/platform.ts";
import { credentialsOf } from "../../src/core/simulated-account.ts";
import type {
  Act,
  FileGift,
  ScreenView,
  SimulatedAccount,
  SimulatedPerson,
  SimulatedPlatform,
  SimulatedUpdate,
} from "../../src/core/simulation.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { resolveEvent } from "../../src/gateway/receiving/resolve.ts";
import { appProvider, platforms } from "../../src/platforms/index.ts";
import { instagramSimulator } from "../../src/platforms/instagram/simulator.ts";
import { messengerSimulator } from "../../src/platforms/messenger/simulator.ts";
import { telegramSimulator } from "../../src/platforms/telegram/simulator.ts";
import { whatsappSimulator } from "../../src/platforms/whatsapp/simulator.ts";
import { SimulatorStorage } from "../../src/simulator/storage.ts";
import { StoredWorld } from "../../src/simulator/world.ts";
import type { ChannelRow, MessageRow } from "../../src/store/rows.ts";

const simulators: Record<PlatformName, SimulatedPlatform> = {
  whatsapp: whatsappSimulator,
  instagram: instagramSimulator,
  messenger: messengerSimulator,
  telegram: telegramSimulator,
};
/** Who is asked first whether a call is theirs: WhatsApp answers on Graph for what belongs to nobody else. */
const byPrecedence = Object.values(simulators).toReversed();
export const staged = Object.keys(simulators) as PlatformName[];

export type Shown = ScreenView & { id: string; from: string };

/** What a person's act told the business, read by the platform and told from what was sent. */
export interface Heard {
  event: Extract<PlatformEvent, { kind: "received" }>;
  content?: InboundContent;
  /** The id of the message that it answers. */
  answers?: string;
}

const url = "https://gateway.example.com/webhooks";
const webhookSecret = "verify-me";
/** Longer than any platform's pace asks between two calls to one person. */
const betweenCallsMs = 7_000;
export const token = "tok_1";
export const messageId = "msg_1";

/**
 * One platform's own code face to face with its simulator's, without HTTP: what is rendered is authorised, handled,
 * shown and answered, and the answer comes back signed, verified, parsed and resolved. What a `scene` does is undone
 * at its end, so that thousands fit on one stage.
 */
export class Stage {
  readonly platform: Platform;
  readonly #simulator: SimulatedPlatform;
  readonly #folder = mkdtempSync(join(tmpdir(), "antiphon-stage-"));
  readonly #storage = new SimulatorStorage(this.#folder);
  readonly #world: StoredWorld;
  #nowMs = Date.UTC(2026, 10, 21, 12);
  readonly #updates: SimulatedUpdate[] = [];
  readonly #personId: string;
  readonly #accountId: string;
  readonly access: Access;
  readonly to: string;
  #sent: MessageRow | undefined;

  constructor(name: PlatformName) {
    this.platform = platforms[name];
    this.#simulator = simulators[name];
    this.#world = new StoredWorld(this.#storage, { now: () => this.#nowMs }, (update) => {
      this.#updates.push(update);
    });
    this.#world.address = "http://simulator.example.com";
    // Never committed: what a stage writes is gone with it, and no disk is waited for.
    this.#storage.run("SAVEPOINT stage");
    const account = this.#simulator.newAccount(this.#world, {});
    this.#world.saveAccount(account);
    const person = this.#simulator.newPerson(this.#world, account, { name: "Ana Souza" });
    this.#world.savePerson(person);
    this.#accountId = account.id;
    this.#personId = person.id;
    this.to = person.address;
    const { platform, id, token: secret, shown } = account;
    const credentials = credentialsOf({ platform, id, token: secret, ...shown });
    this.access = { credentials, baseUrl: this.#world.address };
    for (const call of this.platform.webhook.point({ url, secret: webhookSecret }, credentials)) {
      assert.equal(this.#answer(call).status, 200, `${name} takes ${call.part}`);
    }
  }

  close(): void {
    this.#storage.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** A person who has just written, and what they wrote (the platform's id). What happens is undone at the end. */
  async scene<Result>(work: (greeting: string) => Promise<Result>): Promise<Result> {
    return this.undone(async () => {
      const [heard] = await this.act({ act: "say", text: "Hello!" });
      return work(heard!.event.platformId);
    });
  }

  /** Does `work` and takes back what it did. */
  async undone<Result>(work: () => Promise<Result>): Promise<Result> {
    const sent = this.#sent;
    this.#storage.run("SAVEPOINT scene");
    try {
      return await work();
    } finally {
      this.#storage.run("ROLLBACK TO scene");
      this.#storage.run("RELEASE scene");
      this.#sent = sent;
    }
  }

  get #account(): SimulatedAccount {
    return this.#world.accounts(this.platform.name).find(({ id }) => id === this.#accountId)!;
  }
  get #person(): SimulatedPerson {
    return this.#world.person(this.#personId)!;
  }

  /** Makes the calls one after the other until one is not accepted; gives every outcome. */
  send(content: Content, { calls, choices, adaptation }: Rendering): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const call of calls) {
      const outcome = this.platform.interpret(this.#answer(call));
      outcomes.push(outcome);
      const told = this.#hear();
      if (outcome.kind !== "accepted") break;
      this.#assertOwn(told, outcome.platformIds);
    }
    const platformIds = outcomes.flatMap((outcome) =>
      outcome.kind === "accepted" ? outcome.platformIds : [],
    );
    this.#sent = {
      ...{ id: messageId, direction: "out", channelId: "channel", conversationId: "conversation" },
      ...{ platform: this.platform.name, address: this.to, status: "accepted", createdAt: this.#nowMs },
      ...{ content, token, choices, adaptation, platformIds },
    } as MessageRow;
    return outcomes;
  }

  #answer(call: Call): { status: number; headers: Record<string, string>; body: string } {
    const { method, url: target, headers, body } = this.platform.authorize(call, this.access);
    const { pathname, searchParams } = new URL(target);
    this.#nowMs += betweenCallsMs;
    const request = {
      ...{ method, path: pathname, query: Object.fromEntries(searchParams), headers },
      ...{ body: JSON.parse(body ?? "{}") as JsonObject, uploads: [], malformed: false },
    };
    const owner = byPrecedence.find((known) => known.owns(this.#world, request))!;
    const handling = owner.handle(this.#world, request);
    assert.notEqual(handling.kind, "wait");
    const answer = handling.kind === "handshake" ? handling.settle(true) : (handling as Answered).answer;
    return { status: answer.status, headers: answer.headers ?? {}, body: JSON.stringify(answer.body) };
  }

  /** Ids of files that can be sent by them, as the platform gives them for what was uploaded to it. */
  async files(): Promise<Partial<Record<FileGift["type"], string>>> {
    const types = ["image", "video", "audio", "voice", "document", "sticker"] as const;
    const files: Partial<Record<FileGift["type"], string>> = {};
    for (const type of types) files[type] = this.#attachment(type) ?? (await this.#fileOfPerson(type));
    return files;
  }

  /** A file of the Send API. */
  #attachment(type: FileGift["type"]): string | undefined {
    const attachable = {
      image: "image",
      sticker: "image",
      video: "video",
      audio: "audio",
      voice: "audio",
      document: "file",
    };
    const endings = {
      image: "png",
      sticker: "png",
      video: "mp4",
      audio: "m4a",
      voice: "m4a",
      document: "pdf",
    };
    if (this.platform.name !== "messenger" && this.platform.name !== "instagram") return undefined;
    const payload = { url: `https://files.example.com/upload.${endings[type]}`, is_reusable: true };
    const body = { message: { attachment: { type: attachable[type], payload } } };
    const path = `/${this.#accountId}/message_attachments`;
    const answer = this.#answer({ method: "POST", path, body, part: "upload" });
    return JSON.parse(answer.body).attachment_id;
  }

  /** Elsewhere a file that a person sent can be sent on. */
  async #fileOfPerson(type: FileGift["type"]): Promise<string> {
    const [heard] = await this.act({ act: "send", gift: { type } });
    const content = heard!.event.content!;
    return (content[content.type] as { id: string }).id;
  }

  /** Everything on the person's screen. */
  everything(): Shown[] {
    return this.#simulator.screen(this.#world, this.#person);
  }

  /** What the business has put on the person's screen. */
  screen(): Shown[] {
    return this.everything().filter(({ from }) => from === "business");
  }

  /** What the business has put on what the person wrote: its reactions. */
  reactions(): string[] {
    const shown = this.everything().filter(({ from }) => from === "person");
    const all = shown.flatMap(({ reactions }) => reactions ?? []);
    return all.flatMap(({ from, emoji }) => (from === "business" ? [emoji] : []));
  }

  /** Does what a person does and reads what reaches the business. */
  async act(act: Act): Promise<Heard[]> {
    assert.deepEqual(this.#updates, [], "what came before is read");
    this.#simulator.act(this.#world, this.#person, act);
    const heard: Heard[] = [];
    for (const event of this.#hear()) if (event.kind === "received") heard.push(await this.#resolve(event));
    return heard;
  }

  /** Reads all that has reached the business: nothing of it may be left unread. */
  #hear(): PlatformEvent[] {
    return this.#updates.splice(0).flatMap((update) => this.#read(update));
  }

  /** What a platform tells of a call is told of what the call sent, and nobody wrote it. */
  #assertOwn(told: readonly PlatformEvent[], platformIds: readonly string[]): void {
    for (const event of told) {
      if (event.kind === "watermark") continue;
      assert.ok(event.kind === "echo" || event.kind === "status", JSON.stringify(event));
      assert.ok(platformIds.includes(event.platformId), JSON.stringify(event));
      if (event.kind === "status") assert.equal(event.token ?? token, token);
    }
  }

  #read({ payload }: SimulatedUpdate): PlatformEvent[] {
    const { headers, body } = this.#simulator.post(this.#world, this.#account, payload);
    const request = { method: "POST", query: {}, headers, rawBody: new TextEncoder().encode(body) };
    const { credentials } = this.access;
    assert.deepEqual(this.platform.verify(request, credentials, webhookSecret), { kind: "genuine" });
    return this.#parts(JSON.parse(body)).flatMap((part) => {
      const { events, unknown } = this.platform.parse(part, credentials);
      assert.deepEqual(unknown, []);
      return events;
    });
  }

  /** What an app's one webhook brings is for one of its channels; a channel's own webhook has no other. */
  #parts(payload: unknown): unknown[] {
    if (!this.access.credentials.app_id) return [payload];
    const { parts, unknown } = appProvider.route(payload);
    assert.deepEqual(unknown, []);
    const to = { platform: this.platform.name, naturalId: this.#accountId };
    for (const part of parts) assert.deepEqual(part.to, to);
    return parts.map((part) => part.payload);
  }

  /** By the gateway's own code; the store knows what was sent on this stage and nothing else. */
  async #resolve(event: Heard["event"]): Promise<Heard> {
    const sent = this.#sent;
    const isRequest = sent && JSON.stringify(sent.content).includes('"location_request_message"');
    const store = {
      messageByToken: async (_channel: string, named: string) => (named === token ? sent : undefined),
      messageByPlatformId: async (_channel: string, id: string) =>
        sent?.platformIds.includes(id) ? sent : undefined,
      findConversation: async () => ({ id: "conversation" }),
      openLocationRequest: async () => (isRequest ? sent : undefined),
      unknownMessages: async () => [],
    };
    const channel = { id: "channel", platform: this.platform.name, webhookSecret } as ChannelRow;
    const { digested } = await resolveEvent({ store } as unknown as Gateway, channel, event);
    return { event, content: digested.content, answers: digested.answersMessageId };
  }
}

type Answered = Extract<ReturnType<SimulatedPlatform["handle"]>, { kind: "answer" }>;
