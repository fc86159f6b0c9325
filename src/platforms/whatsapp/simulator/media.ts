import type { JsonObject } from "../../../core/json.ts";
import type {
  FileGift,
  SimulatedAccount,
  SimulatedAnswer,
  SimulatedFile,
  SimulatedRequest,
  World,
} from "../../../core/simulation.ts";
import { GraphRefusal } from "./graph-error.ts";

const megabyte = 1024 * 1024;
/** Types and sizes of the media page (documentation/business-messaging/whatsapp/business-phone-numbers/media, 2026-11-21). */
const uploadLimits: { types: RegExp; maxBytes: number }[] = [
  { types: /^image\/(jpeg|png)$/, maxBytes: 5 * megabyte },
  { types: /^image\/webp$/, maxBytes: 500 * 1024 },
  { types: /^video\/(mp4|3gpp)$/, maxBytes: 16 * megabyte },
  { types: /^audio\/(aac|mp4|mpeg|amr|ogg|opus)\b/, maxBytes: 16 * megabyte },
  { types: /^(text\/plain|application\/(pdf|msword|vnd\..+))$/, maxBytes: 100 * megabyte },
];

/** A white picture of one pixel, for people who send an image without saying which. */
const onePixelPng =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9KobjigAAAABJRU5ErkJggg==";
const ownFiles: Record<FileGift["type"], { name: string; mimeType: string; data: string }> = {
  image: { name: "picture.png", mimeType: "image/png", data: onePixelPng },
  video: { name: "film.mp4", mimeType: "video/mp4", data: btoa("a film") },
  audio: { name: "sound.mp3", mimeType: "audio/mpeg", data: btoa("a sound") },
  voice: { name: "voice.ogg", mimeType: "audio/ogg; codecs=opus", data: btoa("a voice") },
  document: { name: "document.pdf", mimeType: "application/pdf", data: btoa("%PDF-1.4") },
  sticker: { name: "sticker.webp", mimeType: "image/webp", data: btoa("a sticker") },
};

function downloadUrl(world: World, file: SimulatedFile): string {
  const hash = world.digest(`download ${file.id}`).slice(0, 32);
  return `${world.baseUrl()}/whatsapp_business/attachments/?mid=${file.id}&hash=${hash}`;
}

function keep(
  world: World,
  account: SimulatedAccount,
  file: Omit<SimulatedFile, "id" | "platform" | "channel">,
): SimulatedFile {
  const id = String(world.next("whatsapp media", 1_200_000_000_000_000));
  const kept = { ...file, id, platform: "whatsapp" as const, channel: account.id };
  world.saveFile(kept);
  return kept;
}

/** Keeps a file that a person sends. */
export function storeFile(world: World, account: SimulatedAccount, gift: FileGift) {
  const own = ownFiles[gift.type];
  const bytes = gift.bytes ?? Uint8Array.from(atob(own.data), (char) => char.charCodeAt(0));
  const file = keep(world, account, {
    name: gift.filename ?? own.name,
    mimeType: gift.mimeType ?? own.mimeType,
    bytes,
  });
  return { ...file, sha256: world.digest(bytes), url: downloadUrl(world, file) };
}

/** `POST /{phone_number_id}/media`. */
export function uploadMedia(world: World, account: SimulatedAccount, request: SimulatedRequest): JsonObject {
  // Graph reads a parameter from the form or from the query, as whatsapp-api-js writes it.
  const product = request.body.messaging_product ?? request.query.messaging_product;
  if (product !== "whatsapp") {
    throw new GraphRefusal(100, "The parameter messaging_product is required.");
  }
  const upload = request.uploads.find((known) => known.field === "file");
  if (!upload) throw new GraphRefusal(100, "The parameter file is required.");
  const type =
    typeof request.body.type === "string" && request.body.type !== "" ? request.body.type : upload.mimeType;
  const limit = uploadLimits.find((known) => known.types.test(type));
  if (!limit)
    throw new GraphRefusal(100, `Param file must be a file with one of the supported types - got ${type}.`);
  if (upload.bytes.length > limit.maxBytes) {
    throw new GraphRefusal(
      131053,
      `File size ${upload.bytes.length} exceeds the maximum of ${limit.maxBytes} bytes.`,
    );
  }
  const file = keep(world, account, { name: upload.name, mimeType: type, bytes: upload.bytes });
  return { id: file.id };
}

/** `GET /{media_id}`. */
export function mediaInfo(world: World, file: SimulatedFile): JsonObject {
  return {
    messaging_product: "whatsapp",
    url: downloadUrl(world, file),
    mime_type: file.mimeType,
    sha256: world.digest(file.bytes),
    file_size: file.bytes.length,
    id: file.id,
  };
}

/** The bytes behind a download URL, for the account that the token belongs to. */
export function download(
  world: World,
  account: SimulatedAccount,
  query: Record<string, string>,
): SimulatedAnswer {
  const file = world.file(query.mid ?? "");
  const genuine = file?.channel === account.id && downloadUrl(world, file).endsWith(`hash=${query.hash}`);
  if (!file || !genuine) return { status: 404, body: { error: { message: "Not found" } } };
  return { status: 200, body: { mimeType: file.mimeType, bytes: file.bytes } };
}
