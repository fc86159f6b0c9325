import type { Readable } from "node:stream";
import type { InboundContent } from "../core/message.ts";
import { GatewayError } from "../core/problem.ts";
import type { ChannelRow } from "../store/rows.ts";
import { ask } from "./ask.ts";
import { accessTo } from "./channels.ts";
import type { Gateway } from "./gateway.ts";

const mediaTypes = new Set(["image", "video", "audio", "document", "sticker"]);
const locateLimits = { deadlineMs: 15_000, maxBytes: 64 * 1024 };
/** Our id of a contact's file: says where it is, holds no secret, and is worth nothing without an API key. */
function mediaId(channelId: string, reference: string): string {
  return `med_${Buffer.from(`${channelId} ${reference}`).toString("base64url")}`;
}

function readMediaId(id: string): { channelId: string; reference: string } | undefined {
  const [channelId, reference, ...rest] = Buffer.from(id.slice("med_".length), "base64url")
    .toString()
    .split(" ");
  if (!id.startsWith("med_") || !channelId || !reference || rest.length > 0) return undefined;
  return { channelId, reference };
}

/** Replaces the platform's file id in a contact's message by ours. */
export function withMediaId(content: InboundContent, channelId: string): InboundContent {
  const media = content[content.type];
  if (!mediaTypes.has(content.type) || typeof media !== "object" || media === null) return content;
  const { id } = media as { id?: unknown };
  if (typeof id !== "string") return content;
  return { ...content, [content.type]: { ...media, id: mediaId(channelId, id) } };
}

export interface MediaFile {
  body: Readable;
  contentType: string;
  /** Bytes, where the platform tells. */
  length?: string;
}

/** Opens a contact's file at its platform, with the channel's credentials: it is streamed through, never held. */
export async function openMedia(gateway: Gateway, id: string, signal: AbortSignal): Promise<MediaFile> {
  const named = readMediaId(id);
  const channel = named && gateway.channels.get(named.channelId);
  if (!named || !channel)
    throw new GatewayError("not_found", "No such media id. Use the id from a message.received event.");
  const opened = await gateway.transport.open(await locate(gateway, channel, named.reference), signal);
  if (opened.kind !== "answer") throw unreachable(gateway, channel, opened.reason);
  const { status, headers, body } = opened;
  if (status === 200) {
    const contentType = headers["content-type"] ?? "application/octet-stream";
    return { body, contentType, length: headers["content-length"] };
  }
  body.destroy();
  throw unreachable(gateway, channel, `HTTP ${status}`);
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
