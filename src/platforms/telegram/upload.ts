import type { Call } from "../../core/platform.ts";

const megabyte = 1024 * 1024;
/** Of a file that goes up. https://core.telegram.org/bots/api#sending-files, read 2026-11-21. */
export const maxPhotoBytes = 10 * megabyte;
export const maxFileBytes = 50 * megabyte;

const fields: Record<string, { field: string; maxBytes: number }> = {
  sendPhoto: { field: "photo", maxBytes: maxPhotoBytes },
  sendVideo: { field: "video", maxBytes: maxFileBytes },
  sendDocument: { field: "document", maxBytes: maxFileBytes },
  sendAudio: { field: "audio", maxBytes: maxFileBytes },
  sendVoice: { field: "voice", maxBytes: maxFileBytes },
  sendSticker: { field: "sticker", maxBytes: maxFileBytes },
};

/** What can go up in place of the link in a call: nothing where it has none, or a file_id. */
export function uploadOf(method: string, body: Record<string, unknown>): Pick<Call, "upload"> {
  const { field, maxBytes } = fields[method] ?? {};
  const link = field === undefined ? undefined : body[field];
  if (field === undefined || maxBytes === undefined || typeof link !== "string" || !/^https?:/i.test(link))
    return {};
  return { upload: { field, link, maxBytes } };
}
