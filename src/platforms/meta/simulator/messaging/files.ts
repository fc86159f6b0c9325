import { isObject, type JsonObject } from "../../../../core/json.ts";
import type {
  FileGift,
  SimulatedAccount,
  SimulatedAnswer,
  SimulatedFile,
  SimulatedUpload,
  World,
} from "../../../../core/simulation.ts";
import { refuse } from "../refusal.ts";
import { checkAttachment } from "./check-message.ts";
import { object } from "./fields.ts";
import type { MessagingRules } from "./rules.ts";

/** A white picture of one pixel, for people who send an image without saying which. */
const onePixelPng =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9KobjigAAAABJRU5ErkJggg==";
const ownFiles: Record<FileGift["type"], { name: string; mimeType: string; data: string }> = {
  image: { name: "picture.png", mimeType: "image/png", data: onePixelPng },
  video: { name: "film.mp4", mimeType: "video/mp4", data: btoa("a film") },
  audio: { name: "sound.mp3", mimeType: "audio/mpeg", data: btoa("a sound") },
  voice: { name: "voice.mp4", mimeType: "audio/mp4", data: btoa("a voice") },
  document: { name: "document.pdf", mimeType: "application/pdf", data: btoa("%PDF-1.4") },
  sticker: { name: "sticker.png", mimeType: "image/png", data: onePixelPng },
};

/** send-messages, attachments (2026-05-05): 25 MB whatever it is. */
const maxBytes = 25 * 1024 * 1024;

type Kept = Pick<SimulatedFile, "name" | "mimeType" | "bytes">;

function keep(world: World, account: SimulatedAccount, file: Kept): SimulatedFile {
  const id = String(world.next(`${account.platform} attachment`, 1_500_000_000_000_000));
  const kept = { ...file, id, platform: account.platform, channel: account.id };
  world.saveFile(kept);
  return kept;
}

/** Keeps a file that a person sends. */
export function storeGift(world: World, account: SimulatedAccount, gift: FileGift): SimulatedFile {
  const own = ownFiles[gift.type];
  return keep(world, account, {
    name: gift.filename ?? own.name,
    mimeType: gift.mimeType ?? own.mimeType,
    bytes: gift.bytes ?? Uint8Array.from(atob(own.data), (char) => char.charCodeAt(0)),
  });
}

/** The file that came with a request, in the field that Meta names. */
export const uploaded = (uploads: readonly SimulatedUpload[]): SimulatedUpload | undefined =>
  uploads.find(({ field }) => field === "filedata");

const mimeOf: Record<string, RegExp> = { image: /^image\//, audio: /^audio\//, video: /^video\// };

/** Keeps a file that a business uploads as an attachment of `type`. */
export function storeUpload(
  world: World,
  account: SimulatedAccount,
  wish: { type: string; upload: SimulatedUpload; rules: MessagingRules },
): SimulatedFile {
  const { type, upload, rules } = wish;
  const endings = type === "file" ? rules.attachments.file?.endings : undefined;
  const isOfType = mimeOf[type]?.test(upload.mimeType) ?? true;
  if (!isOfType || (endings && !endings.some((ending) => upload.mimeType.endsWith(`/${ending}`)))) {
    refuse(100, `The type ${upload.mimeType} of the file does not match ${type}.`, { subcode: 2018047 });
  }
  if (upload.bytes.length > maxBytes) refuse(100, "The file is over 25 MB.", { subcode: 2018109 });
  return keep(world, account, upload);
}

/** `POST …/message_attachments`: a file for later messages, by link or with its bytes. */
export function uploadAttachment(
  world: World,
  account: SimulatedAccount,
  request: { given: JsonObject; uploads: readonly SimulatedUpload[]; rules: MessagingRules },
): JsonObject {
  const { given, rules } = request;
  const upload = uploaded(request.uploads);
  const message = object(given.message, "message", ["attachment"]);
  const context = { rules, knows: () => false, ...(upload ? { upload: upload.mimeType } : {}) };
  const attachment = object(message.attachment, "message[attachment]", ["type", "payload"]);
  if (attachment.type === "template") refuse(100, "A template cannot be uploaded.");
  checkAttachment(attachment, "message[attachment]", context);
  const type = String(attachment.type);
  if (upload) return { attachment_id: storeUpload(world, account, { type, upload, rules }).id };
  const link = isObject(attachment.payload) ? String(attachment.payload.url) : "";
  return { attachment_id: keep(world, account, { name: link, mimeType: type, bytes: new Uint8Array() }).id };
}

/** The bytes behind a URL that a webhook named: whoever has the URL has the file. */
export function download(world: World, id: string): SimulatedAnswer {
  const file = world.file(id);
  if (!file) return { status: 404, body: { error: "URL signature mismatch" } };
  return { status: 200, body: { mimeType: file.mimeType, bytes: file.bytes } };
}
