import { pipeline, type Readable, Transform } from "node:stream";
import type { InboundContent } from "../../core/message.ts";
import { GatewayError } from "../../core/problem.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { ask } from "../ask.ts";
import { accessTo } from "../connecting/channels.ts";
import type { Gateway } from "../gateway.ts";
import { mediaId, readMediaId } from "./media-id.ts";

const mediaTypes = new Set(["image", "video", "audio", "document", "sticker"]);
/** No platform takes or gives a larger file; WhatsApp's documents have 100 MB. */
const maxFileBytes = 256 * 1024 * 1024;
/** A whole file, however slowly its bytes drip. */
const fileWithinMs = 10 * 60_000;
const locateLimits = { deadlineMs: 15_000, maxBytes: 64 * 1024 };

/** Replaces the platform's file ids in a contact's message by ours, also those of several attachments. */
export function withMediaId(content: InboundContent, channel: ChannelRow): InboundContent {
  const { attachments } = content;
  const named = Array.isArray(attachments)
    ? { attachments: attachments.map((one: InboundContent) => withMediaId(one, channel)) }
    : {};
  const media = content[content.type];
  if (typeof media !== "object" || media === null || media === attachments) return { ...content, ...named };
  const { id } = media as { id?: unknown };
  const isFile = mediaTypes.has(content.type) || isAddress(id);
  const shown = withPictures(media, channel);
  const own = isFile && typeof id === "string" ? { ...(shown as object), id: mediaId(channel, id) } : shown;
  return { ...content, ...named, [content.type]: own };
}

/** The same with ids of ours in every `image` that stands inside: the pictures of a template's cards. */
function withPictures(value: unknown, channel: ChannelRow): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => withPictures(one, channel));
  const fields = Object.entries(value).map(([key, inner]) => {
    const id = key === "image" ? inner?.id : undefined;
    const own = isAddress(id) ? { ...inner, id: mediaId(channel, id) } : withPictures(inner, channel);
    return [key, own] as const;
  });
  return Object.fromEntries(fields);
}

/** Some platforms know a file by its signed address alone, which is nobody's business but ours. */
function isAddress(id: unknown): id is string {
  return typeof id === "string" && /^https?:\/\//.test(id);
}

export interface MediaFile {
  body: Readable;
  contentType: string;
  /** Bytes, where the platform tells. */
  length?: string;
}

/** Opens a contact's file at its platform, with the channel's credentials: it is streamed through, never held. */
export async function openMedia(
  gateway: Gateway,
  { id, isSeen }: { id: string; isSeen: (channelId: string) => boolean },
  signal: AbortSignal,
): Promise<MediaFile> {
  const named = readMediaId(id, (channelId) =>
    isSeen(channelId) ? gateway.channels.get(channelId) : undefined,
  );
  if (!named)
    throw new GatewayError("not_found", "No such media id. Use the id from a message.received event.");
  const { channel, reference } = named;
  const ended = AbortSignal.any([signal, AbortSignal.timeout(fileWithinMs)]);
  const opened = await gateway.transport.open(await locate(gateway, channel, reference), ended);
  if (opened.kind !== "answer") throw unreachable(gateway, channel, opened.reason);
  const { status, headers, body } = opened;
  const isTooLarge = Number(headers["content-length"]) > maxFileBytes;
  if (status === 200 && !isTooLarge) {
    const contentType = headers["content-type"] ?? "application/octet-stream";
    return { body: cutAfter(body, maxFileBytes), contentType, length: headers["content-length"] };
  }
  body.destroy();
  throw unreachable(gateway, channel, isTooLarge ? "the file is too large" : `HTTP ${status}`);
}

/** The same bytes, and an error instead of the one too many. */
export function cutAfter(body: Readable, maxBytes: number): Readable {
  let bytes = 0;
  const cut = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new Error("the file is too large"));
      else done(null, chunk);
    },
  });
  pipeline(body, cut, () => {});
  return cut;
}

async function locate(gateway: Gateway, channel: ChannelRow, reference: string) {
  const platform = gateway.platforms[channel.platform];
  const access = accessTo(channel);
  if (!platform.media.download) return platform.authorize(platform.media.locate(reference), access);
  const exchange = await ask(
    gateway.transport,
    { platform, access },
    platform.media.locate(reference),
    locateLimits,
  );
  if (exchange.kind !== "answer") throw unreachable(gateway, channel, exchange.reason);
  const place = platform.media.download(exchange.response);
  if ("problem" in place) throw new GatewayError("platform_refused", place.problem.message);
  return platform.authorize(place.call, access);
}

function unreachable(gateway: Gateway, channel: ChannelRow, reason: string): GatewayError {
  const title = gateway.platforms[channel.platform].title;
  return new GatewayError(
    "platform_unreachable",
    `${title} did not hand out the file (${reason}). Try again later.`,
  );
}
