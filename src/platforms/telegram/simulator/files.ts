import type { JsonObject } from "../../../core/json.ts";
import type {
  FileGift,
  SimulatedAnswer,
  SimulatedFile,
  SimulatedUpload,
  World,
} from "../../../core/simulation.ts";
import { limits } from "./limits.ts";
import { type Ask, textOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

export type MediaKind =
  | "photo"
  | "video"
  | "document"
  | "animation"
  | "audio"
  | "voice"
  | "video_note"
  | "sticker";

const folders: Record<MediaKind, { folder: string; extension: string; mimeType: string }> = {
  photo: { folder: "photos", extension: "jpg", mimeType: "image/jpeg" },
  video: { folder: "videos", extension: "mp4", mimeType: "video/mp4" },
  document: { folder: "documents", extension: "bin", mimeType: "application/octet-stream" },
  animation: { folder: "animations", extension: "mp4", mimeType: "video/mp4" },
  audio: { folder: "music", extension: "mp3", mimeType: "audio/mpeg" },
  voice: { folder: "voice", extension: "oga", mimeType: "audio/ogg" },
  video_note: { folder: "video_notes", extension: "mp4", mimeType: "video/mp4" },
  sticker: { folder: "stickers", extension: "webp", mimeType: "image/webp" },
};

interface NewFile {
  kind: MediaKind;
  name: string;
  mimeType: string;
  bytes: Uint8Array;
  /** Where Telegram would have fetched it; nothing is fetched here. */
  link?: string;
}
interface KeptFile {
  file: SimulatedFile;
  kind: MediaKind;
  path: string;
  link?: string;
}

function keep(world: World, bot: string, given: NewFile): KeptFile {
  const serial = world.next(`telegram file ${bot}`);
  const { folder, extension } = folders[given.kind];
  const suffix = /\.([A-Za-z0-9]{1,8})$/.exec(given.name)?.[1] ?? extension;
  const path = `${folder}/file_${serial}.${suffix}`;
  const id = `AgACAgQAA${world.digest(`file ${bot} ${serial} ${world.random(16)}`).slice(0, 40)}`;
  const { name, mimeType, bytes } = given;
  const file = { id, platform: "telegram" as const, channel: bot, name, mimeType, bytes };
  world.saveFile(file);
  const note = { kind: given.kind, path, ...(given.link === undefined ? {} : { link: given.link }) };
  world.saveNote(`telegram file ${id}`, note);
  world.saveNote(`telegram path ${bot} ${path}`, { id });
  return { file, ...note };
}

function known(world: World, bot: string, id: string): KeptFile | undefined {
  const file = world.file(id);
  const note = world.note(`telegram file ${id}`);
  if (!file || !note || file.channel !== bot) return undefined;
  const link = typeof note.link === "string" ? { link: note.link } : {};
  return { file, kind: note.kind as MediaKind, path: String(note.path), ...link };
}

/** Hosts that Telegram's servers cannot reach: by IPv6 (they have IPv4 alone), in private networks, … */
const unreachable =
  /^(?:127\.|10\.|0\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[)/;
/** … and those without an address: names that no public server has (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const unresolvable = /\.(?:localhost|invalid|local|internal|alt|home\.arpa)\.?$/i;

function fromLink(ask: Ask, kind: MediaKind, link: string): KeptFile {
  if (!URL.canParse(link)) badRequest("wrong HTTP URL specified");
  const { hostname, pathname } = new URL(link);
  if (!hostname.includes(".")) badRequest("wrong HTTP URL specified");
  if (unreachable.test(hostname) || unresolvable.test(hostname)) badRequest("failed to get HTTP URL content");
  const name = pathname.split("/").at(-1) || `file.${folders[kind].extension}`;
  const { mimeType } = folders[kind];
  return keep(ask.world, ask.bot.id, { kind, name, mimeType, bytes: new Uint8Array(), link });
}

function fromUpload(ask: Ask, kind: MediaKind, upload: SimulatedUpload): KeptFile {
  const max = kind === "photo" ? limits.photoBytes : limits.fileBytes;
  if (upload.bytes.length > max)
    badRequest(
      `file of size ${upload.bytes.length} bytes is too big for a ${kind}; the maximum size is ${max} bytes`,
    );
  if (upload.bytes.length === 0) badRequest("file must be non-empty");
  const { name, mimeType, bytes } = upload;
  return keep(ask.world, ask.bot.id, { kind, name, mimeType, bytes });
}

/** A file by upload (under the field's own name or `attach://…`), by HTTP URL or by file_id. */
export function fileGiven(ask: Ask, kind: MediaKind, value = textOf(ask, kind)): KeptFile {
  const attached = value?.startsWith("attach://") ? value.slice("attach://".length) : undefined;
  const upload = ask.uploads.find((one) => one.field === (attached ?? (value === undefined ? kind : "")));
  if (upload) return fromUpload(ask, kind, upload);
  if (attached !== undefined) badRequest(`can't find uploaded file "${attached}"`);
  if (!value) return badRequest(`there is no ${kind} in the request`);
  if (/^https?:\/\//i.test(value)) return fromLink(ask, kind, value);
  const file = known(ask.world, ask.bot.id, value);
  if (!file) return badRequest("wrong file identifier/HTTP URL specified");
  if (file.kind !== kind) badRequest(`can't use file of type ${file.kind} as ${kind}`);
  return file;
}

const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9KobjigAAAABJRU5ErkJggg==";

/** Keeps a file that a person sends. */
export function fileOfPerson(world: World, bot: string, kind: MediaKind, gift: FileGift): KeptFile {
  const { extension, mimeType } = folders[kind];
  const own = kind === "photo" ? atob(onePixel) : `a ${kind}`;
  return keep(world, bot, {
    kind,
    name: gift.filename ?? `${kind}.${kind === "document" ? "pdf" : extension}`,
    mimeType: gift.mimeType ?? (kind === "document" ? "application/pdf" : mimeType),
    bytes: gift.bytes ?? Uint8Array.from(own, (char) => char.charCodeAt(0)),
  });
}

/** The field of a Message for a file: photos are a list of sizes, the largest last. */
export function mediaField(world: World, kept: KeptFile): JsonObject {
  const { file, kind } = kept;
  const unique = world.digest(`unique ${file.id}`).slice(0, 16);
  const base = { file_id: file.id, file_unique_id: unique, file_size: file.bytes.length };
  switch (kind) {
    case "photo":
      return {
        photo: [
          { ...base, width: 90, height: 60 },
          { ...base, width: 1280, height: 853 },
        ],
      };
    case "sticker":
      return {
        sticker: { ...base, type: "regular", width: 512, height: 512, is_animated: false, is_video: false },
      };
    case "video_note":
      return { video_note: { ...base, length: 240, duration: 1 } };
    case "voice":
      return { voice: { ...base, duration: 1, mime_type: file.mimeType } };
    case "audio":
      return { audio: { ...base, duration: 1, mime_type: file.mimeType, file_name: file.name } };
    case "document":
      return { document: { ...base, mime_type: file.mimeType, file_name: file.name } };
    default:
      return {
        [kind]: {
          ...base,
          width: 1280,
          height: 720,
          duration: 1,
          mime_type: file.mimeType,
          file_name: file.name,
        },
      };
  }
}

/** `getFile`. */
export function getFile(ask: Ask): JsonObject {
  const kept = known(ask.world, ask.bot.id, textOf(ask, "file_id") ?? "");
  if (!kept) return badRequest("invalid file_id");
  const { file, path } = kept;
  if (file.bytes.length > limits.downloadBytes) badRequest("file is too big");
  const unique = ask.world.digest(`unique ${file.id}`).slice(0, 16);
  return { file_id: file.id, file_unique_id: unique, file_size: file.bytes.length, file_path: path };
}

/** `/file/bot<token>/<path>`. */
export function download(world: World, bot: string, path: string): SimulatedAnswer {
  const note = world.note(`telegram path ${bot} ${path}`);
  const file = note && world.file(String(note.id));
  if (!file) return { status: 404, body: { ok: false, error_code: 404, description: "Not Found" } };
  return { status: 200, body: { mimeType: file.mimeType, bytes: file.bytes } };
}
