import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import type { ChannelRow } from "../../store/rows.ts";

const prefix = "med_";
const cipher = "aes-256-gcm";
const sizes = { channel: 16, iv: 12, tag: 16 };

/**
 * Our id of a contact's file: the channel, and where the platform has the file, sealed with a key of the channel's.
 * An address that opens without a token (Meta's files) is thus worth nothing outside this gateway. The same file has
 * the same id.
 */
export function mediaId(channel: ChannelRow, reference: string): string {
  const keys = keysOf(channel);
  // Of the text itself, so that no two texts share one.
  const iv = createHmac("sha256", keys.iv).update(reference).digest().subarray(0, sizes.iv);
  const sealing = createCipheriv(cipher, keys.seal, iv);
  const sealed = Buffer.concat([sealing.update(reference, "utf8"), sealing.final()]);
  const parts = [bytesOf(channel.id), iv, sealing.getAuthTag(), sealed];
  return prefix + Buffer.concat(parts).toString("base64url");
}

/** What the id names; undefined for one that is not ours. `channelOf` finds a channel by its UUID. */
export function readMediaId(
  id: string,
  channelOf: (id: string) => ChannelRow | undefined,
): { channel: ChannelRow; reference: string } | undefined {
  const bytes = Buffer.from(id.slice(prefix.length), "base64url");
  const start = sizes.channel + sizes.iv + sizes.tag;
  if (!id.startsWith(prefix) || bytes.length <= start) return undefined;
  const channel = channelOf(uuidOf(bytes.subarray(0, sizes.channel)));
  if (!channel) return undefined;
  const opening = createDecipheriv(
    cipher,
    keysOf(channel).seal,
    bytes.subarray(sizes.channel, sizes.channel + sizes.iv),
  );
  opening.setAuthTag(bytes.subarray(sizes.channel + sizes.iv, start));
  try {
    const reference = Buffer.concat([opening.update(bytes.subarray(start)), opening.final()]).toString(
      "utf8",
    );
    return { channel, reference };
  } catch {
    return undefined;
  }
}

/** The channel's own secret is random and never leaves but to its platform. */
function keysOf({ webhookSecret }: ChannelRow): { seal: Buffer; iv: Buffer } {
  const derived = Buffer.from(hkdfSync("sha256", webhookSecret, "", "antiphon media id", 64));
  return { seal: derived.subarray(0, 32), iv: derived.subarray(32) };
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
