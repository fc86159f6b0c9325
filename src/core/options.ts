import type { RenderOptions } from "./message.ts";

/** A channel's options and a message's as one: key by key, those of the message win. */
export function mergedOptions(channel: RenderOptions = {}, message: RenderOptions = {}): RenderOptions {
  const merged: RenderOptions = {};
  if (channel.telegram || message.telegram) merged.telegram = { ...channel.telegram, ...message.telegram };
  if (channel.instagram || message.instagram)
    merged.instagram = { ...channel.instagram, ...message.instagram };
  if (channel.whatsapp || message.whatsapp) merged.whatsapp = { ...channel.whatsapp, ...message.whatsapp };
  const language = message.language ?? channel.language;
  if (language) merged.language = language;
  if (channel.labels || message.labels) merged.labels = { ...channel.labels, ...message.labels };
  return merged;
}
