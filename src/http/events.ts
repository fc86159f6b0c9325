import { setImmediate as othersTurn } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";
import { type Caller, sees } from "../core/caller.ts";
import { type EventType, eventTypes } from "../core/event.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { EventRow } from "../store/rows.ts";
import { AcceptedHint } from "./accepted-hint.ts";
import { answerHeaders } from "./answer-headers.ts";
import { found, idOf } from "./found.ts";
import { invalidQuery, pageJson, readCount, readOneOf, readPage, readQuery } from "./query.ts";
import type { Server } from "./server.ts";
import { listedChannels, seesEvent } from "./sight.ts";
import { type StreamReader, streamReader } from "./stream-reader.ts";

const heartbeatMs = 15_000;
const batchSize = 100;

export function eventRoutes(app: FastifyInstance, { gateway }: Server): void {
  const streams = new Set<EventStream>();

  app.get("/v1/events", async (request) => {
    const query = readQuery(request.query, ["cursor", "limit", "type", "channel", "conversation"]);
    const page = await gateway.store.events({
      ...readPage(query),
      types: query.type === undefined ? undefined : readTypes(query.type),
      channelIds: listedChannels(request.caller, gateway, query.channel),
      conversationId: query.conversation,
    });
    return pageJson(page, (row) => row.event);
  });

  app.get("/v1/events/stream", async (request, reply) => {
    const query = readQuery(request.query, ["recent", "after", "caught_up", "accepted"]);
    const recent = query.recent === undefined ? 0 : readCount("recent", query.recent, 0);
    const after = await startOf(gateway, request.headers["last-event-id"] ?? query.after, recent);
    const isTelling = readOneOf("caught_up", query.caught_up, ["tell"]) !== undefined;
    const isHinting = readOneOf("accepted", query.accepted, ["tell"]) !== undefined;
    reply.hijack();
    const stream = new EventStream(gateway, reply, {
      after,
      isTelling,
      isHinting,
      reader: streamReader(request, gateway),
    });
    streams.add(stream);
    reply.raw.once("close", () => streams.delete(stream));
  });

  app.get("/v1/events/:id", async (request) => {
    const event = await gateway.store.event(idOf(request));
    return found(event && seesEvent(request.caller, event) ? event : undefined, "event");
  });

  app.addHook("preClose", async () => {
    for (const stream of streams) stream.end();
  });
}

function readTypes(text: string): EventType[] {
  const types = text.split(",");
  const wrong = types.filter((type) => !(eventTypes as readonly string[]).includes(type));
  if (wrong.length === 0) return types as EventType[];
  const message = `There is no event type ${wrong.join(", ")}; there are ${eventTypes.join(", ")}.`;
  throw invalidQuery("type", "one_of", message);
}

/** The position to go on from: after the last one seen, or so many before now. */
async function startOf(gateway: Gateway, lastEventId: unknown, recent: number): Promise<number> {
  const last = typeof lastEventId === "string" && /^\d+$/.test(lastEventId) ? Number(lastEventId) : undefined;
  const newest = await gateway.store.lastEventPosition();
  // Beyond the newest: of another data folder, or from before a backup was restored. Waiting for it would show nothing.
  if (last !== undefined && last <= newest) return last;
  return Math.max(0, newest - recent);
}

/**
 * One reader of the stream. Reads from the store at its own speed: a slow reader holds nothing in memory. It ends with
 * its key, and shows what that key may see at that moment.
 */
class EventStream {
  readonly #gateway: Gateway;
  readonly #reply: FastifyReply;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #unlisten: (() => void)[];
  readonly #reads: StreamReader;
  /** To be told once that nothing older is left. */
  #isTelling: boolean;
  #position: number;
  #reading = false;
  #again = false;

  constructor(
    gateway: Gateway,
    reply: FastifyReply,
    begin: { after: number; isTelling: boolean; isHinting: boolean; reader: StreamReader },
  ) {
    this.#gateway = gateway;
    this.#reply = reply;
    this.#position = begin.after;
    this.#isTelling = begin.isTelling;
    this.#reads = begin.reader;
    reply.raw.writeHead(200, {
      ...answerHeaders,
      "content-type": "text/event-stream; charset=utf-8",
    });
    reply.raw.write(": the events of this gateway, as they happen\n\n");
    this.#heartbeat = setInterval(() => this.#reader() && reply.raw.write(": still here\n\n"), heartbeatMs);
    this.#unlisten = [
      gateway.eventsWritten.listen(() => this.#wake()),
      this.#reads.onChange(() => this.#reader()),
      ...(begin.isHinting ? this.#hints() : []),
    ];
    reply.raw.once("close", () => this.#stop());
    this.#wake();
  }

  end(): void {
    this.#stop();
    this.#reply.raw.end();
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    for (const unlisten of this.#unlisten) unlisten();
  }

  /** What is accepted is told as a hint, between events and without an id. Who is slow to read needs none. */
  #hints(): (() => void)[] {
    const { clock, accepted } = this.#gateway;
    const { raw } = this.#reply;
    const tell = () => void (raw.writableNeedDrain || raw.write("event: stream.accepted\ndata: {}\n\n"));
    const mayTell = (channelIds: readonly string[]) => {
      const reader = this.#reader();
      return reader !== undefined && channelIds.some((id) => sees(reader, id));
    };
    const hint = new AcceptedHint({ clock, tell, mayTell });
    const unlisten = accepted.listen((channelId) => hint.accepted(channelId));
    return [unlisten, () => hint.stop()];
  }

  /** Who reads, as the key is now; undefined: it may not any more, and the stream is ended. */
  #reader(): Caller | undefined {
    const caller = this.#reads.caller();
    if (caller) return caller;
    this.end();
    return undefined;
  }

  #wake(): void {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    this.#read()
      .catch((error) => {
        this.#gateway.log.error({ err: error }, "an event stream could not be read and was ended");
        this.end();
      })
      .finally(() => {
        this.#reading = false;
      });
  }

  async #read(): Promise<void> {
    while (this.#again && this.#reply.raw.writable) {
      this.#again = false;
      const reader = this.#reader();
      if (!reader) return;
      // Of the channels that it may see alone: walking through all others' events would delay everybody.
      const channels = reader.channels.length === 0 ? undefined : reader.channels;
      const rows = await this.#gateway.store.eventsAfter(this.#position, batchSize, channels);
      for (const row of rows) await this.#write(row);
      if (rows.length < batchSize) {
        this.#tellCaughtUp();
        continue;
      }
      this.#again = true;
      await othersTurn();
    }
  }

  /** Says where it stands: who has seen no event yet can go on from there. */
  #tellCaughtUp(): void {
    if (!this.#isTelling) return;
    this.#isTelling = false;
    const data = JSON.stringify({ after: this.#position });
    this.#reply.raw.write(`event: stream.caught_up\ndata: ${data}\n\n`);
  }

  async #write({ position, event }: EventRow): Promise<void> {
    const reader = this.#reader();
    if (!reader) return;
    this.#position = position;
    if (!seesEvent(reader, event)) return;
    const { raw } = this.#reply;
    const isRoom = raw.write(`id: ${position}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (isRoom || raw.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        raw.off("drain", done);
        raw.off("close", done);
        resolve();
      };
      raw.once("drain", done);
      raw.once("close", done);
    });
  }
}
